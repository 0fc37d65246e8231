/*
Where the RFM scores of this refresh begin and end.

grain: scored_measure, scored_as
*/
with

scored as (

    select
        'recency_days' as measure,
        rfm.r_score as score,
        cast(rfm.recency_days as decimal(18, 4)) as value
    from segment.rfm
    union all
    select 'frequency', rfm.f_score, cast(rfm.frequency as decimal(18, 4))
    from segment.rfm
    union all
    select 'monetary_amount', rfm.m_score, rfm.monetary_amount
    from segment.rfm

)

select
    scored.measure as scored_measure,  -- recency_days, frequency or monetary_amount
    scored.score as scored_as,  -- the score from 1 to 5
    count(*) as scored_count,  -- customers who got it
    min(scored.value) as lowest_value,  -- the lowest value that got it
    max(scored.value) as highest_value  -- the highest value that got it
from scored
group by scored.measure, scored.score

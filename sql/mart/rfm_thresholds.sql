/*
Where the RFM scores of this refresh begin and end, and since when.

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

),

held as (

    select
        cut_offs.scored_measure,
        cut_offs.scored_as,
        cut_offs.cut_off_value,
        cut_offs.known_on
    from segment.rfm_cut_offs as cut_offs
    qualify rank() over (order by cut_offs.run_id desc, cut_offs.known_on desc) = 1

)

select
    scored.measure as scored_measure,  -- recency_days, frequency or monetary_amount
    scored.score as scored_as,  -- the score from 1 to 5
    count(*) as scored_count,  -- customers who got it
    min(scored.value) as lowest_value,  -- the lowest value that got it
    max(scored.value) as highest_value,  -- the highest value that got it
    held.cut_off_value,
    held.known_on as cut_off_from_on  -- the day on which this cut-off was drawn
from scored
left join held
    on held.scored_measure = scored.measure
    and held.scored_as = scored.score
group by scored.measure, scored.score, held.cut_off_value, held.known_on

/*
From where on a customer gets which score of recency and net amount, as drawn in each refresh.

They are drawn by fifths of all customers. Equals share the place in the middle of them and so
get equal scores: where a third of all ordered today, that third is recent. While they are
frozen (`rfm_is_frozen`) none are drawn and the last ones stay, so that nobody moves because
others did. Without a date one is further behind than anybody. Where days are set for recency,
nothing is drawn for it.

grain: run_id, known_on, scored_measure, scored_as
kind: history
*/
with

customers as (

    select
        'recency_days' as measure,
        cast(-coalesce(customers.recency_days, 999999) as decimal(18, 4)) as worth
    from segment.rfm_values as customers
    where not has_entries({{ rfm_recency_within }})
    union all
    select 'monetary_amount', customers.monetary_amount
    from segment.rfm_values as customers

),

placed as (

    select
        customers.measure,
        customers.worth,
        (
            rank() over (partition by customers.measure order by customers.worth) - 1
            + count(*) over (partition by customers.measure, customers.worth) / 2.0
        ) / nullif(count(*) over (partition by customers.measure), 0) as place
    from customers

),

scored as (

    select
        placed.measure,
        placed.worth,
        1 + floor(5 * placed.place) as score
    from placed
    where placed.measure = 'recency_days'
        or placed.worth > 0

)

select
    cast({{ run_id }} as bigint) as run_id,  -- the refresh
    clock.known_on,
    scored.measure as scored_measure,  -- recency_days, frequency or monetary_amount
    scores.score as scored_as,  -- the score from 1 to 5
    abs(min(scored.worth)) as cut_off_value  -- the least net amount, or the most days since the last order, for this score; empty: the lowest, or set by a parameter
from scored
inner join (values (2), (3), (4), (5)) as scores (score)
    on scored.score >= scores.score
cross join profile.clock
where not {{ rfm_is_frozen }}
    or not exists (
        select earlier.run_id
        from segment.rfm_cut_offs as earlier
        where earlier.run_id <> {{ run_id }}
    )
group by clock.known_on, scored.measure, scores.score

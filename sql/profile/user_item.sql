/*
How strongly each user is drawn to each item.

The table that everything personal starts from: tastes, likeness, scores and their reasons.
So here, and only here, it is said what is no sign of a taste: what is never recommended.
That bags and postage are on everybody's orders would make all alike, and each other's
reason. What is only sold out or gone tells as much as ever.

A rating says it outright; one of 0 says that there is no interest, whatever was bought,
and makes no row. Otherwise events are weighted by type, fade with age where a half-life
is set, and their sum is damped by a logarithm, because the tenth purchase tells less than
the first. Strengths lie on a grid of 1/4096 (see on_grid); what has faded to nothing
there is no row.

grain: user_no, item_no
check: strength > 0 -- a rating below zero: shift the scale in the mapping, such as `stars + 3`
*/
with

weighted as (

    select
        interactions.user_id,
        interactions.item_id,
        interactions.event_type,
        interactions.rating,
        interactions.occurred_at,
        interactions.source,
        interactions.source_row,
        cast(
            coalesce(
                looked_up({{ event_weights }}, interactions.event_type),
                looked_up({{ event_weights }}, 'other'),
                0
            ) * share_left(interactions.occurred_at, clock.reference_at, {{ half_life_days }})
            as decimal(18, 9)
        ) as weight
    from staging.interactions
    cross join profile.clock
    where interactions.fate = 'used'
        and interactions.event_type <> 'refund'
        and interactions.item_id is not null

),

summed as (

    select
        weighted.user_id,
        weighted.item_id,
        on_grid(last_known(
            weighted.rating,
            coalesce(weighted.occurred_at, timestamp '1970-01-01'),
            weighted.source,
            weighted.source_row
        )) as rating,
        on_grid(ln(1 + cast(sum(weighted.weight) as double)) / ln(2)) as interest,
        count(*) as event_count,
        sum(case when weighted.event_type = 'purchase' then 1 else 0 end) as purchase_line_count,
        sum(case when weighted.event_type = 'rating' then 1 else 0 end) as rating_count,
        max(weighted.occurred_at) as last_event_at
    from weighted
    group by weighted.user_id, weighted.item_id

)

select
    users.user_no,
    items.item_no,
    summed.rating,
    coalesce(summed.rating, summed.interest) as strength,  -- the newest rating, else log2(1 + sum of event weights)
    summed.event_count,  -- events of any kind but refunds
    cast(summed.purchase_line_count as bigint) as purchase_line_count,  -- purchase lines among them
    cast(summed.rating_count as bigint) as rating_count,  -- ratings among them
    summed.last_event_at  -- the last of them, UTC
from summed
inner join profile.users
    on users.user_id = summed.user_id
inner join profile.items
    on items.item_id = summed.item_id
    and items.is_recommendable
where coalesce(summed.rating, summed.interest) <> 0
order by users.user_no, items.item_no

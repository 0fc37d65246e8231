/*
How much of each user's interest in each item is left today.

A rating counts as what it says, any other event as its type does, and half of it after each
half-life. Unlike the strength of an interest, which the newest rating decides, it adds up: what
one comes back to counts for more.

grain: user_no, item_no
check: affinity > 0
cite: Microsoft Recommenders, Smart Adaptive Recommendations (SAR), section 2
*/
with

weighed as (

    select
        interactions.user_id,
        interactions.item_id,
        cast(coalesce(
            interactions.rating,
            looked_up({{ sar_event_weights }}, interactions.event_type),
            0
        ) * share_left(interactions.occurred_at, clock.reference_at, {{ sar_half_life_days }})
            as decimal(18, 9)) as weight
    from staging.interactions
    cross join profile.clock
    where interactions.fate = 'used'
        and interactions.event_type <> 'refund'
        and interactions.item_id is not null

)

select
    user_item.user_no,
    user_item.item_no,
    cast(sum(weighed.weight) as double) as affinity  -- ratings and weights of events, halved after each half-life
from weighed
inner join profile.users
    on users.user_id = weighed.user_id
    and not users.is_excluded
inner join profile.items
    on items.item_id = weighed.item_id
inner join profile.user_item
    on user_item.user_no = users.user_no
    and user_item.item_no = items.item_no
group by user_item.user_no, user_item.item_no
having sum(weighed.weight) > 0

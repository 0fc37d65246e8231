/*
How each customer buys: how often, through which channel, on which day and at what hour.

The usual gap is the median, so that one long holiday does not make a weekly buyer a
monthly one; days count, not orders, for two orders of one day are one trip. A habit is
what most of the orders have in common; of equally many the latest decides. An order
without time of day, which stands at midnight, says nothing of the hour.

grain: user_id
check: coalesce(usual_order_gap_days >= 1, true)
check: coalesce(preferred_hour between 0 and 23, true)
*/
with

local_orders as (

    select
        orders.user_id,
        orders.ordered_on,
        orders.channel,
        orders.ordered_at,
        utc_to_local(orders.ordered_at, {{ timezone }}) as local_at
    from staging.orders
    where orders.user_id is not null

),

rhythms as (

    select gaps.user_id, median(gaps.gap_days) as usual_order_gap_days
    from profile.order_gaps as gaps
    group by gaps.user_id

),

signs as (

    select user_id, 'channel' as habit, channel as sign, ordered_at
    from local_orders
    union all
    select user_id, 'weekday', weekday_name(ordered_on), ordered_at
    from local_orders
    union all
    select user_id, 'hour', cast(hour_of(local_at) as varchar), ordered_at
    from local_orders
    where local_at <> start_of_day(local_at)

),

habits as (

    select signs.user_id, signs.habit, signs.sign
    from signs
    where signs.sign is not null
    group by signs.user_id, signs.habit, signs.sign
    qualify row_number() over (
        partition by signs.user_id, signs.habit
        order by count(*) desc, max(signs.ordered_at) desc nulls last, signs.sign
    ) = 1

)

select
    habits.user_id,
    rhythms.usual_order_gap_days,  -- median of the days from one day with orders to the next; empty: one day only, or excluded
    max(case when habits.habit = 'channel' then habits.sign end) as preferred_channel,  -- channel of most orders
    max(case when habits.habit = 'weekday' then habits.sign end) as preferred_weekday,  -- local weekday of most orders
    cast(max(case when habits.habit = 'hour' then habits.sign end) as integer) as preferred_hour  -- local hour of most orders, 0 to 23; empty: no times of day
from habits
left join rhythms
    on rhythms.user_id = habits.user_id
group by habits.user_id, rhythms.usual_order_gap_days

/*
On how many of her days with orders each user came at the weekend, beside the others.

Days count, not receipts, so that three of one Saturday are one visit. Which days are the
weekend is a parameter, since it is not the same everywhere.

grain: user_id
check: weekend_day_count <= order_day_count
*/
with

order_days as (

    select distinct orders.user_id, orders.ordered_on
    from staging.orders
    inner join profile.users
        on users.user_id = orders.user_id
        and not users.is_excluded
    where orders.ordered_on is not null

),

counted as (

    select
        order_days.user_id,
        count(*) as order_day_count,
        count(
            case when is_one_of(weekday_name(order_days.ordered_on), {{ weekend_days }}) then 1 end
        ) as weekend_day_count
    from order_days
    group by order_days.user_id

)

select
    counted.user_id,
    counted.order_day_count,  -- local days with an order
    counted.weekend_day_count,  -- those of them on a weekend
    counted.weekend_day_count
        / nullif(cast(counted.order_day_count as double), 0) as weekend_share,  -- of the user's days with orders, those on a weekend
    (sum(counted.weekend_day_count) over () - counted.weekend_day_count) / cast(
        nullif(sum(counted.order_day_count) over () - counted.order_day_count, 0) as double
    ) as usual_weekend_share  -- the same of all others together
from counted

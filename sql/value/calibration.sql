/*
What was forecast before the holdout, against what happened in it, by decile of the forecast.

Customers are ranked by the orders that were expected of them. If the means of a decile
differ, so will today's forecast for customers like these.

grain: value_model, decile
*/
with

happened as (

    select
        order_days.user_id,
        count(*) as order_count,
        sum(order_days.order_day_amount) as amount
    from value.order_days
    inner join value.viewpoints
        on viewpoints.viewpoint = 'before the holdout'
        and order_days.ordered_on > viewpoints.seen_until_on
    group by order_days.user_id

),

ranked as (

    select
        outlooks.value_model,
        outlooks.horizon_days,
        ntile(10) over (
            partition by outlooks.value_model
            order by outlooks.expected_orders, outlooks.user_id
        ) as decile,
        outlooks.expected_orders,
        outlooks.expected_orders * amounts.expected_order_value as expected_value,
        coalesce(happened.order_count, 0) as order_count,
        coalesce(happened.amount, 0) as amount
    from value.outlooks
    left join value.amounts
        on amounts.viewpoint = outlooks.viewpoint
        and amounts.user_id = outlooks.user_id
    left join happened
        on happened.user_id = outlooks.user_id
    where outlooks.viewpoint = 'before the holdout'

)

select
    ranked.value_model,
    ranked.decile,  -- from 1, of whom the fewest orders were expected, to 10
    min(ranked.horizon_days) as holdout_days,  -- days that the forecast was for
    count(*) as forecast_count,  -- customers in the decile
    cast(sum(exactly(ranked.expected_orders)) as double) / nullif(count(*), 0)
        as mean_expected_orders,  -- orders that were expected of each
    sum(ranked.order_count) / nullif(cast(count(*) as double), 0) as mean_observed_orders,  -- orders that each placed
    cast(sum(exactly(ranked.expected_value)) as decimal(18, 4)) as expected_amount,  -- net amount that was expected of all of them
    cast(sum(ranked.amount) as decimal(18, 4)) as observed_amount  -- net amount that all of them brought
from ranked
group by ranked.value_model, ranked.decile

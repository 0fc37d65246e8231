/*
The forecast for each customer, put together: orders, the chance of being lost, money.

Orders to come are BG/NBD's, the chance of being lost is MBG/NBD's, the money per order is
Gamma-Gamma's. The money of a year is discounted step by step, each from its middle on.

grain: user_id
check: expected_orders_30_days <= expected_orders_90_days + 1e-6
check: expected_orders_90_days <= expected_orders_365_days + 1e-6
*/
with

steps as (

    select
        outlooks.user_id,
        outlooks.horizon_days,
        outlooks.expected_orders,
        exactly(
            (outlooks.expected_orders - coalesce(lag(outlooks.expected_orders) over (
                partition by outlooks.user_id
                order by outlooks.horizon_days
            ), 0)) / nullif(
                power(1 + {{ discount_rate }}, (horizons.from_days + horizons.horizon_days) / 730.0), 0
            )
        ) as discounted_orders
    from value.outlooks
    inner join value.horizons
        on horizons.viewpoint = outlooks.viewpoint
        and horizons.horizon_days = outlooks.horizon_days
    where outlooks.viewpoint = 'now'
        and outlooks.value_model = 'BG/NBD'

),

orders_ahead as (

    select
        steps.user_id,
        max(steps.expected_orders) filter (where steps.horizon_days = 30)
            as expected_orders_30_days,
        max(steps.expected_orders) filter (where steps.horizon_days = 90)
            as expected_orders_90_days,
        max(steps.expected_orders) filter (where steps.horizon_days = 365)
            as expected_orders_365_days,
        cast(sum(steps.discounted_orders) as double) as discounted_orders
    from steps
    group by steps.user_id

)

select
    orders_ahead.user_id,
    orders_ahead.expected_orders_30_days,  -- orders to expect in the next 30 days (days with an order)
    orders_ahead.expected_orders_90_days,  -- orders to expect in the next 90 days
    orders_ahead.expected_orders_365_days,  -- orders to expect in the next 365 days
    leaving.alive_probability as bgnbd_alive_probability,  -- BG/NBD's chance of being still there; 1 after a single order, so no churn
    1 - staying.alive_probability as churn_probability,  -- chance of having left for good, by MBG/NBD
    clock.reference_on + cast(ceil(
        case when staying.weeks_to_even_odds <= 52 then 7 * staying.weeks_to_even_odds end
    ) as integer) as expected_date_of_next_order,  -- day by which an order is as likely as none; empty: not within a year
    amounts.expected_order_value,
    orders_ahead.discounted_orders * amounts.expected_order_value as discounted_value  -- net amount of a year's orders, discounted
from orders_ahead
cross join profile.clock
left join value.alive as leaving
    on leaving.user_id = orders_ahead.user_id
    and leaving.viewpoint = 'now'
    and leaving.value_model = 'BG/NBD'
left join value.alive as staying
    on staying.user_id = orders_ahead.user_id
    and staying.viewpoint = 'now'
    and staying.value_model = 'MBG/NBD'
left join value.amounts
    on amounts.user_id = orders_ahead.user_id
    and amounts.viewpoint = 'now'

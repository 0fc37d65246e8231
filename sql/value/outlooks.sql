/*
How many orders to expect of each customer within each horizon.

It is what one who is still there would order, times how likely that is.

grain: viewpoint, value_model, user_id, horizon_days
check: expected_orders >= 0
*/
select
    alive.viewpoint,
    alive.value_model,
    alive.user_id,
    futures.horizon_days,
    round(alive.alive_probability * futures.orders_if_there, 9)
        as expected_orders  -- orders to expect within the horizon, of one day each
from value.alive
inner join value.futures
    on futures.viewpoint = alive.viewpoint
    and futures.value_model = alive.value_model
    and futures.repeat_order_count = alive.repeat_order_count
    and futures.observed_weeks = alive.observed_weeks

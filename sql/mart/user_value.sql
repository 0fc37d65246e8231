/*
What each customer is worth: orders and money to expect, or why there is no forecast.

grain: user_id
*/
select
    customers.user_id,
    customers.repeat_order_count,
    customers.active_weeks,
    customers.observed_weeks,
    customers.average_days_between_orders,
    customers.expected_orders_30_days,
    customers.expected_orders_90_days,
    customers.expected_orders_365_days,
    customers.bgnbd_alive_probability,
    customers.churn_probability,
    customers.expected_date_of_next_order,
    customers.expected_order_amount,
    customers.historic_clv,
    customers.predicted_clv,
    customers.predicted_clv_margin,
    customers.contract_amount,
    customers.value_reason,
    customers.next_365_days_amount,
    customers.next_365_days_basis
from value.customers

/*
What the orders give the value segments to build on, in one row.

RFM wants dates, amounts and customers who come back; a rhythm wants several orders of
one customer. Orders of guests and of excluded users count as orders, not for customers.
`recsys doctor` reads it.

grain: order_total
kind: view
*/
with

customers as (

    select
        orders.user_id,
        count(*) as order_count
    from staging.orders
    inner join staging.users
        on users.user_id = orders.user_id
        and not users.is_excluded
    group by orders.user_id

),

customer_totals as (

    select
        count(*) as buyer_count,
        count(*) filter (where customers.order_count >= 2) as returning_count,
        count(*) filter (where customers.order_count >= 3) as regular_count
    from customers

),

order_totals as (

    select
        count(*) as order_total,
        count(orders.ordered_at) as dated_count,
        count(*) filter (where orders.gross_amount > 0) as paid_count,
        count(*) filter (where orders.user_id is null) as guest_count,
        min(orders.ordered_on) as history_from_on,
        max(orders.ordered_on) as history_to_on
    from staging.orders

)

select
    order_totals.order_total,  -- orders, those of guests too
    order_totals.dated_count,  -- orders with a date
    order_totals.paid_count,  -- orders with an amount above zero
    order_totals.guest_count,  -- orders of nobody in particular
    order_totals.history_from_on,  -- local day of the oldest order
    order_totals.history_to_on,  -- local day of the newest order
    days_between(order_totals.history_from_on, order_totals.history_to_on) as history_days,  -- days from the oldest to the newest order
    customer_totals.buyer_count,  -- identified users with an order
    customer_totals.returning_count,  -- those with two orders or more
    customer_totals.regular_count  -- those with three orders or more
from order_totals
cross join customer_totals

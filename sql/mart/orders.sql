/*
Every order with what it came to.

grain: order_id
*/
select
    orders.order_id,
    orders.user_id,
    orders.ordered_at,
    orders.ordered_on,
    orders.line_count,
    orders.quantity,
    orders.gross_amount,
    orders.discount_amount,
    orders.tax_amount,
    orders.return_amount,
    orders.net_amount,
    orders.is_first_order,
    orders.channel,
    orders.shop_id
from staging.orders

/*
What was spent, deal by deal: every order, and every refund that found none.

Together they are the revenue. A refund that found its order lowers that order, on the
day of the order; one that found none stands for itself, on its own day. Deals of guests
have no user.

grain: dealing_id
kind: view
*/
select
    orders.order_id as dealing_id,  -- the order, else the refund without one
    orders.order_id,
    orders.user_id,
    orders.ordered_on,
    orders.channel,
    orders.is_first_order,
    orders.quantity,
    orders.gross_amount,
    orders.discount_amount,
    orders.return_amount,
    orders.net_amount
from staging.orders
union all
select
    'refund ' || lines.source || ' ' || lines.source_row as dealing_id,
    lines.order_id,
    lines.user_id,
    lines.ordered_on,
    lines.channel,
    false as is_first_order,
    lines.quantity,
    lines.gross_amount,
    lines.discount_amount,
    lines.return_amount,
    lines.net_amount
from staging.order_lines as lines
where lines.order_id is null

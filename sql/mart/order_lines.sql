/*
Every line sold, with what it came to.

A refund that matches no line sold is a line of its own, without an order if it found none.

grain: source, source_row
*/
select
    lines.order_id,
    lines.order_line_no,
    lines.user_id,
    lines.item_id,
    items.item_name,
    lines.ordered_at,
    lines.ordered_on,
    lines.quantity,
    lines.gross_amount,
    lines.discount_amount,
    lines.tax_amount,
    lines.return_quantity,
    lines.return_amount,
    lines.net_amount,
    lines.channel,
    lines.shop_id,
    lines.source,
    lines.source_row
from staging.order_lines as lines
left join staging.items
    on items.item_id = lines.item_id

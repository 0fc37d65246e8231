/*
Every line that was bought, under the order it belongs to.

grain: order_id, order_line_no
*/
select
    purchase_orders.order_id,
    row_number() over (
        partition by purchase_orders.order_id
        order by
            text_to_whole(interactions.line_no), interactions.line_no,
            interactions.source, interactions.source_row
    ) as order_line_no,  -- the line within the order, from 1
    interactions.source,
    interactions.source_row,
    interactions.source_order_id,
    interactions.user_id,
    interactions.item_id,
    interactions.occurred_at as ordered_at,  -- when it was ordered, UTC
    interactions.occurred_on as ordered_on,  -- the local day of the order
    interactions.quantity,
    coalesce(interactions.gross_amount, 0) as gross_amount,
    coalesce(interactions.line_discount_amount, 0) as line_discount_amount,
    interactions.tax_amount,
    interactions.exchange_rate,
    interactions.channel,
    interactions.shop_id
from staging.purchase_orders
inner join staging.interactions
    on interactions.source = purchase_orders.source
    and interactions.source_row = purchase_orders.source_row

/*
Every line sold, with what it came to: gross, less discounts, less what came back.

A refund that matches no purchase is a line of its own, without an order, so that the
sum over all lines is what the shop earned. One that finds its order, but not its item in
it, is a line of its own under that order, so that order and item both come to what they
earned. Neither was sold: such a line has no order_line_no.

grain: source, source_row
*/
with

sold as (

    select
        lines.order_id,
        lines.order_line_no,
        lines.source,
        lines.source_row,
        lines.user_id,
        lines.item_id,
        lines.ordered_at,
        lines.ordered_on,
        lines.quantity,
        lines.gross_amount,
        lines.line_discount_amount + coalesce(discounts.discount_part_amount, 0) as discount_amount,
        coalesce(discounts.discount_part_amount, 0) as discount_part_amount,
        lines.tax_amount,
        coalesce(returns.return_quantity, 0) as return_quantity,
        coalesce(returns.return_amount, 0) as return_amount,
        lines.channel,
        lines.shop_id
    from staging.purchase_lines as lines
    left join staging.order_discounts as discounts
        on discounts.order_id = lines.order_id
        and discounts.order_line_no = lines.order_line_no
    left join staging.line_returns as returns
        on returns.order_id = lines.order_id
        and returns.order_line_no = lines.order_line_no
    union all
    select
        refunds.order_id,
        null as order_line_no,
        refunds.source,
        refunds.source_row,
        refunds.user_id,
        refunds.item_id,
        refunds.refunded_at as ordered_at,
        refunds.refunded_on as ordered_on,
        0 as quantity,
        0 as gross_amount,
        0 as discount_amount,
        0 as discount_part_amount,
        null as tax_amount,
        refunds.return_quantity,
        refunds.return_amount,
        refunds.channel,
        refunds.shop_id
    from staging.refunds
    where refunds.matched_by = 'unmatched'
        or (refunds.matched_by = 'order' and refunds.item_id is not null)

)

select
    sold.order_id,
    sold.order_line_no,
    sold.source,
    sold.source_row,
    sold.user_id,
    sold.item_id,
    sold.ordered_at,
    sold.ordered_on,
    cast(sold.quantity as decimal(18, 4)) as quantity,
    cast(sold.gross_amount as decimal(18, 4)) as gross_amount,
    cast(sold.discount_amount as decimal(18, 4)) as discount_amount,  -- the line's own discount and its part of the order's
    cast(sold.discount_part_amount as decimal(18, 4)) as discount_part_amount,
    sold.tax_amount,
    cast(sold.return_quantity as decimal(18, 4)) as return_quantity,
    cast(sold.return_amount as decimal(18, 4)) as return_amount,
    cast(
        sold.gross_amount - sold.discount_amount - sold.return_amount as decimal(18, 4)
    ) as net_amount,  -- gross less discounts less returns, reporting currency; amounts_include_tax: {{ amounts_include_tax }}
    sold.channel,
    sold.shop_id
from sold

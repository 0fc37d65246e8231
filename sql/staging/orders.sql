/*
Every order with what it came to.

The user's first order is the one with the earliest time; of two at the same moment the
one with the smaller id. A refund of an item that the order does not hold lowers what the
order came to; who ordered when and where, and how many lines, is told by the lines sold
alone.

grain: order_id
*/
with

summed as (

    select
        lines.order_id,
        min(lines.user_id) filter (where lines.order_line_no is not null) as user_id,
        min(lines.ordered_at) filter (where lines.order_line_no is not null) as ordered_at,
        min(lines.ordered_on) filter (where lines.order_line_no is not null) as ordered_on,
        count(lines.order_line_no) as line_count,
        sum(lines.quantity) as quantity,
        sum(lines.gross_amount) as gross_amount,
        sum(lines.discount_amount) as discount_amount,
        sum(lines.tax_amount) as tax_amount,
        sum(lines.return_amount) as return_amount,
        sum(lines.net_amount) as net_amount,
        min(lines.channel) filter (where lines.order_line_no is not null) as channel,
        min(lines.shop_id) filter (where lines.order_line_no is not null) as shop_id
    from staging.order_lines as lines
    where lines.order_id is not null
    group by lines.order_id

)

select
    summed.order_id,
    summed.user_id,
    summed.ordered_at,
    summed.ordered_on,
    summed.line_count,  -- lines of the order, without refunds
    cast(summed.quantity as decimal(18, 4)) as quantity,
    cast(summed.gross_amount as decimal(18, 4)) as gross_amount,
    cast(summed.discount_amount as decimal(18, 4)) as discount_amount,
    cast(summed.tax_amount as decimal(18, 4)) as tax_amount,
    cast(summed.return_amount as decimal(18, 4)) as return_amount,
    cast(summed.net_amount as decimal(18, 4)) as net_amount,
    coalesce(
        summed.user_id is not null and row_number() over (
            partition by summed.user_id
            order by summed.ordered_at, summed.order_id
        ) = 1,
        false
    ) as is_first_order,  -- the user's first
    summed.channel,
    summed.shop_id
from summed

/*
What the order lines of every interaction source come to.

Money that went back counts in the source that says so, wherever it was earned.

grain: source
*/
with

parts as (

    select
        lines.source,
        lines.gross_amount - lines.discount_amount as amount,
        lines.discount_part_amount
    from staging.order_lines as lines
    union all
    select refunds.source, -refunds.return_amount, 0
    from staging.refunds

)

select
    parts.source,
    cast(sum(parts.discount_part_amount) as decimal(18, 4)) as order_discount_amount,  -- discounts on whole orders
    cast(sum(parts.amount) as decimal(18, 4)) as net_amount
from parts
group by parts.source

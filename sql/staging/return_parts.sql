/*
Each matched refund, spread by value over the lines that it takes back.

A refund of an item falls on the order's lines of that item, a refund of the order on
all its lines. One of an item that the order does not hold falls on none, because the
other items would carry what was not theirs: it is a line of its own in order_lines.
Cumulated and then rounded, the last line takes what is left, so that the parts add up to
the refund; lines without value leave all of it to the first.

grain: source, source_row, order_line_no
*/
with

touched as (

    select
        refunds.source,
        refunds.source_row,
        lines.order_id,
        lines.order_line_no,
        refunds.return_amount,
        case
            when refunds.item_id is not null then refunds.return_quantity
        end as return_quantity,
        greatest(lines.gross_amount - lines.line_discount_amount, 0) as line_value
    from staging.refunds
    inner join staging.purchase_lines as lines
        on lines.order_id = refunds.order_id
        and (refunds.item_id is null or lines.item_id = refunds.item_id)

),

cumulated as (

    select
        touched.source,
        touched.source_row,
        touched.order_id,
        touched.order_line_no,
        touched.return_amount,
        touched.return_quantity,
        sum(touched.line_value) over (
            partition by touched.source, touched.source_row
            order by touched.order_line_no
            rows between unbounded preceding and current row
        ) as value_so_far,
        sum(touched.line_value) over (
            partition by touched.source, touched.source_row
        ) as whole_value
    from touched

),

rounded as (

    select
        cumulated.source,
        cumulated.source_row,
        cumulated.order_id,
        cumulated.order_line_no,
        cumulated.return_quantity,
        part_so_far(
            cumulated.return_amount, cumulated.value_so_far, cumulated.whole_value
        ) as returned_so_far
    from cumulated

)

select
    rounded.source,
    rounded.source_row,
    rounded.order_id,
    rounded.order_line_no,
    case
        when lag(rounded.order_line_no) over refund_lines is null then rounded.return_quantity
    end as return_quantity,
    cast(
        rounded.returned_so_far - coalesce(lag(rounded.returned_so_far) over refund_lines, 0)
        as decimal(18, 4)
    ) as return_amount
from rounded
window refund_lines as (
    partition by rounded.source, rounded.source_row
    order by rounded.order_line_no
)

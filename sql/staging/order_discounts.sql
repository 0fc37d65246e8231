/*
The discount on a whole order, spread over its lines by value.

Cumulated and then rounded, the last line takes what is left, so that the parts add up
to the discount to the last digit; an order without value puts all of it on its first
line.

grain: order_id, order_line_no
*/
with

valued as (

    select
        lines.order_id,
        lines.order_line_no,
        greatest(lines.gross_amount - lines.line_discount_amount, 0) as line_value,
        cast(
            abs(headers.order_discount_amount) * lines.exchange_rate as decimal(18, 4)
        ) as order_discount
    from staging.purchase_lines as lines
    inner join staging.order_speakers as speakers
        on speakers.source = lines.source
    inner join staging.order_headers as headers
        on headers.header_group = speakers.header_group
        and headers.source_order_id = lines.source_order_id
    where headers.order_discount_amount <> 0

),

cumulated as (

    select
        valued.order_id,
        valued.order_line_no,
        valued.order_discount,
        sum(valued.line_value) over (
            partition by valued.order_id
            order by valued.order_line_no
            rows between unbounded preceding and current row
        ) as value_so_far,
        sum(valued.line_value) over (partition by valued.order_id) as whole_value
    from valued

),

rounded as (

    select
        cumulated.order_id,
        cumulated.order_line_no,
        part_so_far(
            cumulated.order_discount, cumulated.value_so_far, cumulated.whole_value
        ) as discount_so_far
    from cumulated

)

select
    rounded.order_id,
    rounded.order_line_no,
    cast(
        rounded.discount_so_far - coalesce(
            lag(rounded.discount_so_far) over (
                partition by rounded.order_id
                order by rounded.order_line_no
            ),
            0
        ) as decimal(18, 4)
    ) as discount_part_amount  -- the line's part of the discount on the whole order, reporting currency
from rounded

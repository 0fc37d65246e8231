/*
What came back of each line, all its refunds together.

grain: order_id, order_line_no
*/
select
    parts.order_id,
    parts.order_line_no,
    cast(sum(parts.return_quantity) as decimal(18, 4)) as return_quantity,
    cast(sum(parts.return_amount) as decimal(18, 4)) as return_amount
from staging.return_parts as parts
group by parts.order_id, parts.order_line_no

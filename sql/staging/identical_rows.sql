/*
Rows without a key that are alike in all that counts, one row for each such lot.

They are kept, because two like lines can be two sales; a key would tell.

grain: source, first_row
*/
select
    interactions.source,
    min(interactions.source_row) as first_row,  -- the first of the rows that are alike
    count(*) as alike_count,  -- how many there are
    min(interactions.user_id) as user_id,
    min(interactions.item_id) as item_id
from staging.interactions
inner join raw.interactions as rows_read
    on rows_read.source = interactions.source
    and rows_read.source_row = interactions.source_row
    and rows_read.row_key is null
where interactions.fate = 'used'
group by
    interactions.source, interactions.user_id, interactions.item_id,
    interactions.event_type, interactions.occurred_at, interactions.source_order_id,
    interactions.line_no, interactions.quantity, interactions.gross_amount,
    interactions.line_discount_amount
having count(*) > 1

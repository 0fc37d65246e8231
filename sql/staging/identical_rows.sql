/*
Rows without a key that are alike in all that counts, one row for each such lot.

They are kept, because two like lines can be two sales; a key would tell.

grain: source, first_row
*/
select
    interactions.source,
    min(interactions.source_row) as first_row,  -- the first of the rows that are alike
    count(*) as alike_count,  -- how many there are
    interactions.user_id,
    interactions.item_id
from staging.interactions
left join raw.interactions as keyed
    on keyed.source = interactions.source
    and keyed.source_row = interactions.source_row
    and keyed.row_key is not null
where interactions.fate = 'used'
    and keyed.source_row is null
group by
    interactions.source, interactions.user_id, interactions.item_id,
    interactions.event_type, interactions.occurred_at, interactions.source_order_id,
    interactions.line_no, interactions.quantity, interactions.gross_amount,
    interactions.line_discount_amount
having count(*) > 1

/*
What users had to do with products, row by row: what a split by products divides.

A product is what its variants have in common. It goes to one part with all that a user ever
did with any of them, or she would be known to have had it.

grain: source, source_row
kind: view
*/
select
    interactions.source,
    interactions.source_row,
    interactions.user_id,
    interactions.event_type,
    interactions.occurred_at,
    coalesce(items.parent_item_id, interactions.item_id) as product_id  -- the product: the parent of its variants, else the item
from staging.interactions
left join staging.items
    on items.item_id = interactions.item_id
where interactions.fate = 'used'
    and interactions.item_id is not null

/*
Which items are bought together: baskets with both, and how much more often than by chance.

Each pair is two rows, since confidence has a direction: most who buy hot dogs take buns,
few who buy buns take hot dogs. The highest lifts are flavours of one product; for what
goes together across the shelves ask where category <> other_category.

grain: item_id, other_item_id
*/
select
    items.item_id,
    items.item_name,
    items.category,
    others.item_id as other_item_id,  -- the other item
    others.item_name as other_item_name,  -- its name
    others.category as other_category,  -- its category
    pairs.basket_count,
    pairs.pair_buyer_count,
    pairs.support,
    pairs.confidence,
    pairs.lift
from profile.item_pairs as pairs
inner join profile.items as numbered
    on numbered.item_no = pairs.item_no
inner join staging.items
    on items.item_id = numbered.item_id
inner join profile.items as other_numbered
    on other_numbered.item_no = pairs.other_item_no
inner join staging.items as others
    on others.item_id = other_numbered.item_id

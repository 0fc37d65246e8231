/*
Which items are alike, by which measure.

grain: item_id, measure, rank
*/
select
    items.item_id,
    items.item_name,
    neighbours.measure,
    neighbours.rank,
    others.item_id as other_item_id,  -- the other item
    others.item_name as other_item_name,  -- its name
    neighbours.similarity,
    neighbours.common_count
from similarity.neighbours
inner join profile.items
    on items.item_no = neighbours.entity_no
inner join profile.items as others
    on others.item_no = neighbours.other_entity_no
where neighbours.axis = 'item'

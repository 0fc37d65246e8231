/*
What each item that a user has adds to the score of each neighbouring item.

grain: user_no, item_no, source_item_no
kind: view
*/
select
    user_item.user_no,
    neighbours.entity_no as item_no,
    neighbours.other_entity_no as source_item_no,  -- the item that the user has
    cast(neighbours.similarity * user_item.strength as decimal(18, 9)) as contribution,  -- what this adds to the score
    {{ weight_item_neighbours }} as scorer_weight  -- how much the scorer counts in the sum of all
from similarity.neighbours
inner join profile.user_item
    on user_item.item_no = neighbours.other_entity_no
inner join profile.users
    on users.user_no = user_item.user_no
    and not users.is_excluded
where neighbours.axis = 'item'
    and neighbours.measure = {{ measure }}
    and neighbours.rank <= {{ item_neighbours }}

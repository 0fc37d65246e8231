/*
A user will rate an item as she has rated those like it, each about what was to be expected.

grain: user_no, item_no, neighbour_no
kind: view
label: Items like it
weight: 1
cite: Sarwar, Karypis, Konstan and Riedl (2001), Item-Based Collaborative Filtering, eq. 3
*/
select
    hers.user_no,
    neighbours.entity_no as item_no,
    neighbours.other_entity_no as neighbour_no,  -- number of the user, or of the item, that speaks
    neighbours.similarity,
    hers.offset_deviation
from similarity.neighbours
inner join rating.deviations as hers
    on hers.item_no = neighbours.other_entity_no
where neighbours.axis = 'item'
    and neighbours.measure = {{ measure }}

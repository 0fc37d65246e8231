/*
A user will rate an item as those like her have rated it, each about what was to be expected of her.

grain: user_no, item_no, neighbour_no
kind: view
label: Users like her
weight: 1
cite: Resnick, Iacovou, Suchak, Bergstrom and Riedl (1994), GroupLens, p. 181
*/
select
    neighbours.entity_no as user_no,
    theirs.item_no,
    neighbours.other_entity_no as neighbour_no,  -- number of the user, or of the item, that speaks
    neighbours.similarity,
    theirs.offset_deviation
from similarity.neighbours
inner join rating.deviations as theirs
    on theirs.user_no = neighbours.other_entity_no
where neighbours.axis = 'user'
    and neighbours.measure = {{ measure }}

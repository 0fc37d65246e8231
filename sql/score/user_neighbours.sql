/*
An item is worth to a user what it is worth to the users most like her.

Each of them gives her similarity times her own strength for the item.

grain: user_no, item_no, source_no
kind: view
label: User neighbours
weight: 0.5
cite: Resnick, Iacovou, Suchak, Bergstrom and Riedl (1994), GroupLens, p. 181; sums instead
    of means, because a ranking of bought items has no scale to return to
*/
select
    neighbours.entity_no as user_no,
    theirs.item_no,
    'user' as source_kind,  -- what speaks for the item: item, user, taste, popularity or rhythm
    neighbours.other_entity_no as source_no,  -- its number; 0 where it has none
    on_fine_grid(neighbours.similarity * theirs.strength) as contribution  -- what this adds to the score
from similarity.neighbours
inner join profile.user_item as theirs
    on theirs.user_no = neighbours.other_entity_no
where neighbours.axis = 'user'
    and neighbours.measure = {{ measure }}
    and neighbours.rank <= {{ user_neighbours }}

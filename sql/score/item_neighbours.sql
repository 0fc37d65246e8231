/*
An item is worth to a user what its nearest items are worth to her.

Each of them gives its similarity times her strength for it. Contributions lie on a fine
grid (see on_fine_grid), so that their sum does not depend on the order in which they are
added up, and the reasons of a recommendation add up to its score.

grain: user_no, item_no, source_no
kind: view
label: Item neighbours
weight: 1
cite: Sarwar, Karypis, Konstan and Riedl (2001), Item-Based Collaborative Filtering, eq. 3
    without its denominator: a ranking of bought items has no scale to return to
*/
select
    user_item.user_no,
    neighbours.entity_no as item_no,
    'item' as source_kind,  -- what speaks for the item: item, user, taste, popularity or rhythm
    neighbours.other_entity_no as source_no,  -- its number; 0 where it has none
    on_fine_grid(neighbours.similarity * user_item.strength) as contribution  -- what this adds to the score
from similarity.neighbours
inner join profile.user_item
    on user_item.item_no = neighbours.other_entity_no
inner join profile.users
    on users.user_no = user_item.user_no
    and not users.is_excluded
where neighbours.axis = 'item'
    and neighbours.measure = {{ measure }}
    and neighbours.rank <= {{ item_neighbours }}

/*
An item is worth to everybody what it is worth to all: the bestseller list as a scorer.

Without weight it costs nothing: lists are filled up with bestsellers anyway where personal
scores run out. With weight it draws every list towards what sells, but of those who have a list of
their own: who has no history gets the bestsellers of her group.

grain: user_no, item_no
kind: view
label: Popularity
weight: 0
*/
select
    users.user_no,
    popular.item_no,
    'popularity' as source_kind,  -- what speaks for the item: item, user, taste, popularity or rhythm
    0 as source_no,  -- its number; 0 where it has none
    on_fine_grid(popular.popularity_share) as contribution  -- what this adds to the score
from profile.item_popularity as popular
cross join profile.users
where not users.is_excluded
    and users.user_no in (select own.user_no from profile.user_item as own)

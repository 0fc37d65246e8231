/*
An item is worth to everybody what it is worth to all of late.

Where fashion changes fast, what sells this month says more than the bestseller list. Who has no
history gets the bestsellers of her group.

grain: user_no, item_no
kind: view
label: Recent popularity
weight: 0
cite: Ji, Sun, Zhang and Li (2020), A Re-visit of the Popularity Baseline in Recommender
    Systems (RecentPop)
*/
select
    users.user_no,
    recent_items.item_no,
    'popularity' as source_kind,  -- what speaks for the item: item, user, taste, popularity or rhythm
    0 as source_no,  -- its number; 0 where it has none
    on_fine_grid(recent_items.recent_share) as contribution  -- what this adds to the score
from score.recent_items
cross join profile.users
where not users.is_excluded
    and users.user_no in (select own.user_no from profile.user_item as own)

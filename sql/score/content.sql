/*
An item is worth to a user how much it is what she likes: the cosine of tastes and features.

It needs nobody with the same taste, so that new items have a chance, and it names the
taste. How popular an item is counts a little (see item_vectors).

grain: user_no, item_no, source_no
kind: view
label: Content
weight: 0.3
cite: Lops, de Gemmis and Semeraro (2011), Content-based Recommender Systems, section 3.3.1
*/
select
    tastes.user_no,
    features.item_no,
    'taste' as source_kind,  -- what speaks for the item: item, user, taste, popularity or rhythm
    tastes.feature_no as source_no,  -- its number; 0 where it has none
    on_fine_grid(tastes.taste_part * features.item_part) as contribution  -- what this adds to the score
from score.user_vectors as tastes
inner join score.item_vectors as features
    on features.feature_no = tastes.feature_no

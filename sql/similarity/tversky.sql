/*
Tversky index: what both have, of it and a part of what only one of them has.

Both parts 1: Jaccard; both 0.5: Dice. With the parts apart it says whether the one is like the
other and not the other like the one, as a son is like his father.

grain: entity_no, other_entity_no
label: Tversky
weight: 0
param: tversky_own = 1.0 (What counts in the Tversky index of what only the entity
    has [0 or more])
param: tversky_other = 1.0 (What counts in the Tversky index of what only its neighbour
    has [0 or more])
cite: Tversky (1977), Features of Similarity
*/
select
    pair.common_count / nullif(
        pair.common_count
        + {{ tversky_own }} * (pair.degree_count - pair.common_count)
        + {{ tversky_other }} * (pair.other_degree_count - pair.common_count)
        + {{ shrinkage }}, 0
    ) as similarity  -- 1: neither has anything that counts alone
from pair

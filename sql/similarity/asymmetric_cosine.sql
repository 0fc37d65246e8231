/*
Cosine that is measured more by the one's own length, or more by the other's.

At 0.5 it is the cosine. Above, what is near to an entity has most of what the entity has, and may
have much besides: the neighbours are popular; below, they are special. With unequal weights
it could go beyond 1, and counts as 1 then.

grain: entity_no, other_entity_no
label: Asymmetric cosine
weight: 0
param: asymmetry = 0.5 (Power of an entity's own squared length in the asymmetric cosine, the rest
    is the neighbour's [0 to 1])
cite: Aiolli (2013), Efficient Top-N Recommendation for Very Large Scale Binary Rated Datasets
*/
select
    least(1, pair.dot_product / nullif(
        power(pair.square_sum, {{ asymmetry }}) * power(pair.other_square_sum, 1 - {{ asymmetry }})
        + {{ shrinkage }}, 0
    )) as similarity  -- null when either side has no weight
from pair

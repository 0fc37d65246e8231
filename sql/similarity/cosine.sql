/*
Cosine of the angle between two weight vectors.

Norms run over everything an entity has, not only what is shared, so that one shared
item cannot make two busy users look alike.

grain: entity_no, other_entity_no
label: Cosine
weight: 1
cite: Breese, Heckerman and Kadie (1998)
*/
select
    pair.dot_product
        / nullif(sqrt(pair.square_sum) * sqrt(pair.other_square_sum) + {{ shrinkage }}, 0)
        as similarity  -- null when either side has no weight
from pair

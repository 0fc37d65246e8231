/*
Jaccard similarity: what both have, of all that either has.

How strongly they have it does not count, which suits data where an event is all there is.

grain: entity_no, other_entity_no
label: Jaccard
weight: 0
cite: Jaccard (1912), The distribution of the flora in the alpine zone
*/
select
    pair.common_count
        / nullif(pair.degree_count + pair.other_degree_count - pair.common_count + {{ shrinkage }}, 0)
        as similarity  -- 1: they have the same
from pair

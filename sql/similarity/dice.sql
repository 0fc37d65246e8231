/*
Dice similarity: what both have, of what they have on average.

Kinder than Jaccard to those who share much, in the same order where nothing is added to the
denominator.

grain: entity_no, other_entity_no
label: Dice
weight: 0
cite: Dice (1945), Measures of the Amount of Ecologic Association Between Species
*/
select
    2 * pair.common_count
        / nullif(pair.degree_count + pair.other_degree_count + {{ shrinkage }}, 0)
        as similarity  -- 1: they have the same
from pair

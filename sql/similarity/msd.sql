/*
Closeness by mean squared difference: 1 for who rate alike what both have rated.

For ratings: it takes notice of how high both rate, which correlation does not.

grain: entity_no, other_entity_no
label: Mean squared difference
weight: 0
cite: Shardanand and Maes (1995), Social Information Filtering, section 3; 1 / (1 + difference)
    as in Hug (2020), Surprise: A Python library for recommender systems
*/
select
    pair.common_count / nullif(
        pair.common_count + pair.common_square_sum + pair.other_common_square_sum
        - 2 * pair.dot_product + {{ shrinkage }}, 0
    ) as similarity  -- 1: they rate alike
from pair

/*
Cosine over what two have in common, and nothing else that they have.

For ratings: what one has not rated, one has not found bad. But one film in common makes any two
alike, and so do all films that both rate equally well.

grain: entity_no, other_entity_no
label: Cosine of what is common
weight: 0
cite: Hug (2020), Surprise: A Python library for recommender systems (there called cosine)
*/
select
    pair.dot_product / nullif(
        sqrt(pair.common_square_sum) * sqrt(pair.other_common_square_sum) + {{ shrinkage }}, 0
    ) as similarity  -- 1: what both have they have in the same proportion
from pair

/*
Correlation of ratings about what was to be expected of user and item, trusted by how many they are.

What two have in common they are measured on about their baselines, not about their means there, so
that to find the same films better than expected makes two alike. Few things in common are
little evidence: the correlation counts for (n - 1) parts of n - 1 and a constant.

grain: entity_no, other_entity_no
label: Pearson about baselines
weight: 0
param: baseline_shrinkage = 100.0 (Things in common and one, with which Pearson about baselines
    counts for half [0 or more])
cite: Koren (2010), Factor in the Neighbors: Scalable and Accurate Collaborative Filtering, eq. 2
*/
select
    pair.deviation_product / nullif(
        sqrt(pair.deviation_square_sum) * sqrt(pair.other_deviation_square_sum) + {{ shrinkage }}, 0
    ) * (pair.common_count - 1) / nullif(pair.common_count - 1 + {{ baseline_shrinkage }}, 0)
        as similarity  -- null where nothing in common is rated, or all as expected
from pair

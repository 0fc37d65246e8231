/*
Each item's features as a vector of length one.

grain: item_no, feature_no
check: item_part > 0
*/
with

lengths as (

    select
        features.item_no,
        sqrt(sum(features.feature_weight * features.feature_weight)) as length
    from profile.item_features as features
    group by features.item_no

)

select
    features.item_no,
    features.feature_no,
    features.feature_weight / nullif(lengths.length, 0) as item_part  -- the feature's part of a vector of length 1
from profile.item_features as features
inner join lengths
    on lengths.item_no = features.item_no

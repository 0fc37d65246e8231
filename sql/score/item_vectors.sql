/*
Each item's features as a vector whose length is the item's popularity, strongly damped.

Of many items that suit a taste equally well, as films of one genre do, the one that most
people care for is the better guess. An item that is new counts as one that a single user
had, so that it is behind, but not out.

grain: item_no, feature_no
check: item_part > 0
*/
with

everybody as (

    select count(*) as user_count
    from profile.users
    where not users.is_excluded

),

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
    features.feature_weight / nullif(lengths.length, 0) * power(
        greatest(
            coalesce(popular.popularity_share, 0),
            coalesce(1.0 / nullif(everybody.user_count, 0), 1)
        ),
        {{ content_popularity }}
    ) as item_part  -- the feature's part of a vector of length 1, times the popularity to a power
from profile.item_features as features
inner join lengths
    on lengths.item_no = features.item_no
cross join everybody
left join profile.item_popularity as popular
    on popular.item_no = features.item_no
order by features.item_no, features.feature_no

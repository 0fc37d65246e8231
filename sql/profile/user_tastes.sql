/*
Each user as a vector of weighted features: what her items say of her taste.

Every item she is drawn to adds its features, as strongly as she is drawn to it. What
nearly everybody has, such as milk, tells little of anyone and counts little. Weights
lie on a grid of 1/4096 (see on_grid). Excluded users have no tastes and change nobody's.

grain: user_no, feature_no
check: taste_weight >= 0
*/
with

drawn as (

    select
        user_item.user_no,
        features.feature_no,
        sum(user_item.strength * features.feature_part) as taste_strength,
        sum(user_item.strength * features.feature_weight) as drawn_weight
    from profile.user_item
    inner join profile.users
        on users.user_no = user_item.user_no
        and not users.is_excluded
    inner join profile.item_features as features
        on features.item_no = user_item.item_no
    group by user_item.user_no, features.feature_no

),

shared as (

    select
        drawn.feature_no,
        count(*) as taster_count
    from drawn
    group by drawn.feature_no

),

tasters as (

    select count(distinct drawn.user_no) as taster_total
    from drawn

)

select
    drawn.user_no,
    drawn.feature_no,
    features.feature,
    features.value,
    drawn.taste_strength,  -- how strongly the user is drawn to items with it, each by the feature's part of the item
    on_grid(
        drawn.drawn_weight
        * ln(1 + tasters.taster_total / cast(nullif(shared.taster_count, 0) as double))
    ) as taste_weight  -- strengths times feature weights, added up, times ln(1 + users / users who have the feature too)
from drawn
cross join tasters
inner join shared
    on shared.feature_no = drawn.feature_no
inner join profile.features
    on features.feature_no = drawn.feature_no

/*
Each user as a vector of weighted features: what her items say of her taste.

Every item she is drawn to adds its features, as strongly as she is drawn to it, but for
what she rated worse than she usually rates: five bad thrillers are no taste for thrillers.
What nearly everybody has, such as milk, tells little of anyone and counts little. Weights
lie on a grid of 1/4096 (see on_grid). Excluded users have no tastes and change nobody's.

grain: user_no, feature_no
check: taste_weight >= 0
*/
with

drawn as (

    select
        user_item.user_no,
        features.feature_no,
        features.feature,
        features.value,
        count(*) as taste_item_count,
        sum(user_item.strength * features.feature_part) as taste_strength,
        sum(user_item.strength * features.feature_weight) as drawn_weight
    from profile.user_item
    inner join profile.users
        on users.user_no = user_item.user_no
        and not users.is_excluded
    inner join profile.item_features as features
        on features.item_no = user_item.item_no
    left join profile.usual_ratings as usual
        on usual.user_no = user_item.user_no
    where case
        when user_item.rating_count > 0 then user_item.strength >= usual.usual_strength
        else true
    end
    group by user_item.user_no, features.feature_no, features.feature, features.value

),

own as (

    select drawn.user_no, drawn.feature, sum(drawn.taste_strength) as kind_strength
    from drawn
    group by drawn.user_no, drawn.feature

),

everybody as (

    select
        own.feature,
        sum(own.kind_strength) as kind_strength,
        (select count(distinct user_no) from drawn) as taster_total
    from own
    group by own.feature

),

shared as (

    select
        drawn.feature_no,
        count(*) as taster_count,
        sum(drawn.taste_strength) as feature_strength
    from drawn
    group by drawn.feature_no

)

select
    drawn.user_no,
    drawn.feature_no,
    drawn.feature,
    drawn.value,
    drawn.taste_item_count,  -- items of the user that have the feature; of those rated only what she liked
    drawn.taste_strength / nullif(own.kind_strength, 0) as taste_share,  -- of the user's interest in features of that kind, how much goes there
    shared.feature_strength / nullif(everybody.kind_strength, 0) as usual_share,  -- of the interest of all users together
    on_grid(
        drawn.drawn_weight
        * ln(1 + everybody.taster_total / cast(nullif(shared.taster_count, 0) as double))
    ) as taste_weight  -- strengths times feature weights, added up, times ln(1 + users / users who have the feature too)
from drawn
inner join own
    on own.user_no = drawn.user_no
    and own.feature = drawn.feature
inner join everybody
    on everybody.feature = drawn.feature
inner join shared
    on shared.feature_no = drawn.feature_no

/*
What each user likes more than others do: categories, subcategories, brands and tags.

The weight is large where a large part of the user's interest goes and where it is
several times the usual part, so that everyone's milk is nobody's taste. Words of names
and texts work in recommendations, they are not listed here (see profile.user_tastes).

grain: user_id, feature, value
check: interest_weight > 0
cite: Kullback and Leibler (1951): its terms, summed over all features, are their divergence
*/
with

distinct_tastes as (

    select
        tastes.user_no,
        tastes.feature,
        tastes.value,
        tastes.taste_item_count,
        tastes.taste_share,
        tastes.usual_share,
        round(
            tastes.taste_share * ln(tastes.taste_share / nullif(tastes.usual_share, 0)), 9
        ) as interest_weight
    from profile.user_tastes as tastes
    where tastes.feature <> 'keyword'
        and tastes.taste_share > tastes.usual_share

),

placed as (

    select
        tastes.user_no,
        tastes.feature,
        tastes.value,
        row_number() over (
            partition by tastes.user_no, tastes.feature
            order by tastes.interest_weight desc, tastes.value
        ) as rank,
        tastes.interest_weight,
        tastes.taste_share,
        tastes.usual_share,
        tastes.taste_item_count
    from distinct_tastes as tastes
    where tastes.interest_weight > 0

)

select
    users.user_id,
    placed.feature,
    placed.value,
    placed.rank,  -- 1 is the nearest or best
    placed.interest_weight,  -- taste_share times ln(taste_share / usual_share)
    placed.taste_share,
    placed.usual_share,
    placed.taste_item_count
from placed
inner join profile.users
    on users.user_no = placed.user_no
where placed.rank <= {{ tastes }}

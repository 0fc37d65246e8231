/*
How far each rating is from the baselines of its user and its item, in both orientations.

Only one measure reads it, Pearson about baselines; where that has no weight there is no row.
Deviations lie on a grid of 1/4096 (see on_grid), as weights do.

grain: axis, entity_no, shared_no
*/
with

told as (

    select
        ratings.user_no,
        ratings.item_no,
        on_grid(
            ratings.rating - scale.mean_rating - by_user.baseline - by_item.baseline
        ) as rating_deviation
    from profile.ratings
    cross join profile.rating_scale as scale
    inner join profile.rating_baselines as by_user
        on by_user.side = 'user'
        and by_user.entity_no = ratings.user_no
    inner join profile.rating_baselines as by_item
        on by_item.side = 'item'
        and by_item.entity_no = ratings.item_no
    where {{ weight_pearson_baseline }} > 0

)

select
    'user' as axis,  -- what is compared: user or item
    told.user_no as entity_no,  -- the user or item
    told.item_no as shared_no,  -- the item or user that entities have in common; below 0 a feature of items
    told.rating_deviation  -- of a rating from the mean of all and both baselines
from told
union all
select 'item', told.item_no, told.user_no, told.rating_deviation
from told

/*
How far each rating is from what was to be expected of its user and its item alone.

This is what is left for neighbours to tell.

grain: user_no, item_no
*/
select
    ratings.user_no,
    ratings.item_no,
    ratings.rating - scale.mean_rating
        - coalesce(by_user.rating_offset, 0)
        - coalesce(by_item.rating_offset, 0) as offset_deviation  -- of the rating from the mean of all and both offsets
from profile.ratings
cross join profile.rating_scale as scale
left join rating.offsets as by_user
    on by_user.side = 'user'
    and by_user.entity_no = ratings.user_no
left join rating.offsets as by_item
    on by_item.side = 'item'
    and by_item.entity_no = ratings.item_no
order by ratings.user_no, ratings.item_no

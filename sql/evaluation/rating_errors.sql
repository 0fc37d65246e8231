/*
How far expected ratings were off, beside what everybody can see: the item's mean rating.

The mean is what stands beside an item in any shop. Of an item without ratings it is that of all.

grain: source, source_row
*/
with

means as (

    select
        ratings.item_no,
        sum(ratings.rating) / nullif(count(*), 0) as item_rating
    from profile.ratings
    group by ratings.item_no

)

select
    rated.source,
    rated.source_row,
    rated.user_no,
    expected.expected_rating - rated.rating as own_error,  -- expected less given rating
    coalesce(means.item_rating, scale.mean_rating) - rated.rating as mean_error  -- the item's mean less given rating
from evaluation.rated
inner join evaluation.expected_ratings as expected
    on expected.user_no = rated.user_no
    and expected.item_no = rated.item_no
cross join profile.rating_scale as scale
left join means
    on means.item_no = rated.item_no

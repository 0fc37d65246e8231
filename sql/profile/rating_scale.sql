/*
From where to where ratings go, and what they are on the whole.

One row; none where nothing is rated.

grain: lowest_rating
check: mean_rating between lowest_rating and highest_rating
*/
select
    min(ratings.rating) as lowest_rating,  -- the lowest of all ratings
    max(ratings.rating) as highest_rating,  -- the highest of all ratings
    sum(ratings.rating) / nullif(count(*), 0) as mean_rating  -- mean of all ratings
from profile.ratings
having count(*) > 0

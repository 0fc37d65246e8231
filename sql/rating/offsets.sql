/*
What each user and each item adds to the mean of all ratings, before neighbours are asked.

By `centre`: their baselines; or what the user, or the item, is usually rated with; or nothing.
What neighbours say is said about this centre, so that a mild and a strict rater of one taste
understand each other.

grain: side, entity_no
check: rating_offset is not null
cite: Herlocker, Konstan, Borchers and Riedl (1999), An Algorithmic Framework for Performing
    Collaborative Filtering, section 4.4 (mean-centred); Koren (2010), section 2.2 (baselines)
*/
select
    baselines.side,
    baselines.entity_no,
    baselines.baseline as rating_offset  -- what is added to the mean of all ratings, before neighbours are asked
from profile.rating_baselines as baselines
where {{ centre }} = 'baseline'
union all
select
    'user',
    ratings.user_no,
    sum(ratings.rating) / nullif(count(*), 0) - max(scale.mean_rating)
from profile.ratings
cross join profile.rating_scale as scale
where {{ centre }} = 'user'
group by ratings.user_no
union all
select
    'item',
    ratings.item_no,
    sum(ratings.rating) / nullif(count(*), 0) - max(scale.mean_rating)
from profile.ratings
cross join profile.rating_scale as scale
where {{ centre }} = 'item'
group by ratings.item_no

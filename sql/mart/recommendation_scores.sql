/*
What each scorer adds to a recommendation; the rows add up to its score.

grain: user_id, list, item_id, scorer
*/
select
    users.user_id,
    scores.list,
    items.item_id,
    scores.scorer,
    scores.contribution
from recommendation.list_scores as scores
inner join profile.users
    on users.user_no = scores.user_no
inner join profile.items
    on items.item_no = scores.item_no

/*
The scores of what may be shown: recommendable, available, and new to the user.

Filtered before anything is cut, so that nobody gets fewer recommendations than there are.

grain: scorer, user_no, item_no
kind: view
*/
select
    scores.scorer,
    scores.user_no,
    scores.item_no,
    item_kin.kin_no,
    scores.score
from score.scores
inner join profile.items
    on items.item_no = scores.item_no
    and items.is_available
inner join profile.item_kin
    on item_kin.item_no = scores.item_no
left join recommendation.exclusions
    on exclusions.user_no = scores.user_no
    and exclusions.kin_no = item_kin.kin_no
where exclusions.kin_no is null

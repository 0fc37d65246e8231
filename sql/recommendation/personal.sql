/*
What each user's own history and tastes recommend to her.

grain: user_no, item_no
*/
select distinct
    blend.user_no,
    blend.item_no,
    blend.score,
    blend.rank
from recommendation.blend

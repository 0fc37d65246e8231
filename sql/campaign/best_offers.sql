/*
The one thing to offer each user: what she is due to buy again, else what she may like best.

What is due is expected by herself, and comes with a day; where nothing is, the first of what
she has not had yet.

grain: user_id
*/
select
    users.user_id,
    lists.list,
    items.item_id,
    items.item_name,
    wording.reason
from recommendation.lists
inner join recommendation.wording
    on wording.user_no = lists.user_no
    and wording.list = lists.list
    and wording.item_no = lists.item_no
inner join profile.users
    on users.user_no = lists.user_no
inner join profile.items
    on items.item_no = lists.item_no
where lists.rank = 1
qualify row_number() over (
    partition by users.user_id
    order by case when lists.list = 'buy_again' then 0 else 1 end
) = 1

/*
What to recommend to whom, best first, with the reason in words.

grain: user_id, list, rank
*/
select
    users.user_id,
    lists.list,
    lists.rank,
    items.item_id,
    items.item_name,
    lists.score,
    lists.source,
    lists.expected_on,
    expected.expected_rating,
    wording.reason
from recommendation.lists
inner join recommendation.wording
    on wording.user_no = lists.user_no
    and wording.list = lists.list
    and wording.item_no = lists.item_no
left join rating.expected
    on expected.user_no = lists.user_no
    and expected.item_no = lists.item_no
inner join profile.users
    on users.user_no = lists.user_no
inner join profile.items
    on items.item_no = lists.item_no

/*
What to recommend to whom, best first, with the reason in words.

grain: user_id, list, rank
*/
with

worded as (

    select
        reasons.user_no,
        reasons.list,
        reasons.item_no,
        'because of ' || string_agg(items.item_name, ' and ' order by reasons.reason_rank) as reason
    from recommendation.reasons
    inner join profile.items
        on items.item_no = reasons.source_item_no
    where reasons.reason_rank <= 2
    group by reasons.user_no, reasons.list, reasons.item_no

)

select
    users.user_id,
    lists.list,
    lists.rank,
    items.item_id,
    items.item_name,
    lists.score,
    lists.source,
    coalesce(worded.reason, 'a bestseller') as reason  -- why, in words for the user
from recommendation.lists
inner join profile.users
    on users.user_no = lists.user_no
inner join profile.items
    on items.item_no = lists.item_no
left join worded
    on worded.user_no = lists.user_no
    and worded.list = lists.list
    and worded.item_no = lists.item_no

/*
What to recommend to whom, best first, with the reason in words.

grain: user_id, list, rank
*/
with

named as (

    select
        reasons.user_no,
        reasons.list,
        reasons.item_no,
        items.item_name,
        row_number() over (
            partition by reasons.user_no, reasons.list, reasons.item_no
            order by min(reasons.reason_rank)
        ) as place
    from recommendation.reasons
    inner join profile.items
        on items.item_no = reasons.source_item_no
    group by reasons.user_no, reasons.list, reasons.item_no, items.item_name

),

worded as (

    select
        named.user_no,
        named.list,
        named.item_no,
        'because of ' || string_agg(named.item_name, ' and ' order by named.place) as reason
    from named
    where named.place <= 2
    group by named.user_no, named.list, named.item_no

)

select
    users.user_id,
    lists.list,
    lists.rank,
    items.item_id,
    items.item_name,
    lists.score,
    lists.source,
    coalesce(worded.reason, 'popular with others') as reason  -- why, in words for the user
from recommendation.lists
inner join profile.users
    on users.user_no = lists.user_no
inner join profile.items
    on items.item_no = lists.item_no
left join worded
    on worded.user_no = lists.user_no
    and worded.list = lists.list
    and worded.item_no = lists.item_no

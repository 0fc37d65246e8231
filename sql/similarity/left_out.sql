/*
What a cap keeps from the self-join: the older part of very long lists.

What n entities share makes n times n pair rows. So a user may count with her newest items
only where items are compared, and an item with its newest users only where users are. Off
by default, and of no say in profiles, sums, segments and scores.

grain: axis, entity_no, shared_no
check: newest_rank > 0
*/
with

held as (

    select
        'item' as axis, user_item.item_no as entity_no, user_item.user_no as shared_no,
        user_item.last_event_at,
        {{ newest_items_per_user }} as cap
    from profile.user_item
    inner join profile.users
        on users.user_no = user_item.user_no
        and not users.is_excluded
    where {{ newest_items_per_user }} > 0
        and is_one_of('item', {{ axes }})
    union all
    select
        'user' as axis, user_item.user_no as entity_no, user_item.item_no as shared_no,
        user_item.last_event_at,
        {{ newest_users_per_item }} as cap
    from profile.user_item
    inner join profile.users
        on users.user_no = user_item.user_no
        and not users.is_excluded
    where {{ newest_users_per_item }} > 0
        and is_one_of('user', {{ axes }})

),

crowded as (

    select held.axis, held.shared_no
    from held
    group by held.axis, held.shared_no
    having count(*) > max(held.cap)

),

ranked as (

    select
        held.axis, held.entity_no, held.shared_no, held.cap,
        row_number() over (
            partition by held.axis, held.shared_no
            order by coalesce(held.last_event_at, timestamp '1970-01-01') desc, held.entity_no
        ) as newest_rank
    from held
    inner join crowded
        on crowded.axis = held.axis
        and crowded.shared_no = held.shared_no

)

select
    ranked.axis,  -- what is compared: user or item
    ranked.entity_no,  -- the user or item
    ranked.shared_no,  -- the item or user that entities have in common; below 0 a feature of items
    ranked.newest_rank  -- 1 is the newest of those that share it; ties go by number
from ranked
where ranked.newest_rank > ranked.cap

/*
The user-item matrix in both orientations, so that one kernel serves both.

On the axis `user` the entities are users and what they share are items; on the axis
`item` it is the other way round. Excluded users are nobody's neighbours. What a cap
leaves out is in left_out; there is none by default.

grain: axis, entity_no, shared_no
kind: view
*/
with

oriented as (

    select
        'user' as axis,
        user_item.user_no as entity_no, user_item.item_no as shared_no, user_item.strength
    from profile.user_item
    inner join profile.users
        on users.user_no = user_item.user_no
        and not users.is_excluded
    where is_one_of('user', {{ axes }})
    union all
    select
        'item' as axis,
        user_item.item_no as entity_no, user_item.user_no as shared_no, user_item.strength
    from profile.user_item
    inner join profile.users
        on users.user_no = user_item.user_no
        and not users.is_excluded
    where is_one_of('item', {{ axes }})

)

select
    oriented.axis,
    oriented.entity_no,
    oriented.shared_no,
    oriented.strength as weight  -- how strongly they belong together
from oriented
left join similarity.left_out
    on left_out.axis = oriented.axis
    and left_out.entity_no = oriented.entity_no
    and left_out.shared_no = oriented.shared_no
where left_out.axis is null

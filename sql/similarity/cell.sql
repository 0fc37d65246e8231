/*
The user-item matrix in both orientations, so that one kernel serves both.

On the axis `user` the entities are users and what they share are items; on the axis
`item` it is the other way round. Excluded users are nobody's neighbours.

grain: axis, entity_no, shared_no
kind: view
*/
select
    'user' as axis,  -- what is compared: user or item
    user_item.user_no as entity_no,  -- the user or item
    user_item.item_no as shared_no,  -- the item or user that entities have in common
    user_item.strength as weight  -- how strongly they belong together
from profile.user_item
inner join profile.users
    on users.user_no = user_item.user_no
    and not users.is_excluded
where is_one_of('user', {{ axes }})
union all
select
    'item' as axis,
    user_item.item_no as entity_no,
    user_item.user_no as shared_no,
    user_item.strength as weight
from profile.user_item
inner join profile.users
    on users.user_no = user_item.user_no
    and not users.is_excluded
where is_one_of('item', {{ axes }})

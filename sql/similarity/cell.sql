/*
The user-item matrix in both orientations, so that one kernel serves both.

On the axis `user` the entities are users and what they share are items; on the axis
`item` it is the other way round. Excluded users are nobody's neighbours, and who has
less than must be shared can have no neighbours at all.

grain: axis, entity_no, shared_no
*/
with

cells as (

    select
        user_item.user_no,
        user_item.item_no,
        user_item.strength,
        count(*) over (partition by user_item.user_no) as user_degree,
        count(*) over (partition by user_item.item_no) as item_degree
    from profile.user_item
    inner join profile.users
        on users.user_no = user_item.user_no
    where not users.is_excluded

)

select
    'user' as axis,  -- what is compared: user or item
    cells.user_no as entity_no,  -- the user or item
    cells.item_no as shared_no,  -- the item or user that entities have in common
    cells.strength as weight  -- how strongly they belong together
from cells
where cells.user_degree >= {{ min_common }}
union all
select
    'item' as axis,
    cells.item_no as entity_no,
    cells.user_no as shared_no,
    cells.strength as weight
from cells
where cells.item_degree >= {{ min_common }}

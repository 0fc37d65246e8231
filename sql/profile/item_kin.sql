/*
Which items are variants of one product: colours, sizes, flavours.

They share a parent, which may be one of them or only a name. Lists show one of them, and
who has had one of them has had the product. The number is that of the most popular variant.

grain: item_no
*/
select
    items.item_no,
    min(items.item_no) over (
        partition by coalesce(described.parent_item_id, described.item_id)
    ) as kin_no  -- the most popular item of the same product
from profile.items
inner join staging.items as described
    on described.item_id = items.item_id

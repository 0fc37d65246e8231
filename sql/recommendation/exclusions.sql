/*
What is not shown to a user as something to discover.

That is what she bought or rated, and its variants. A view or a cart is no reason to
hide an item: it may be what she is about to buy.

grain: user_no, item_no
*/
with

had as (

    select distinct
        interactions.user_id,
        interactions.item_id
    from staging.interactions
    where interactions.fate = 'used'
        and interactions.event_type in ('purchase', 'rating')
        and interactions.item_id is not null

),

kin as (

    select
        items.item_id,
        coalesce(items.parent_item_id, items.item_id) as kin_id
    from staging.items

)

select distinct
    users.user_no,
    hidden.item_no
from had
inner join profile.users
    on users.user_id = had.user_id
inner join kin as own
    on own.item_id = had.item_id
inner join kin as variants
    on variants.kin_id = own.kin_id
inner join profile.items as hidden
    on hidden.item_id = variants.item_id

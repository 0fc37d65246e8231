/*
Which products are not shown to a user as something to discover.

Those that she bought or rated in any variant. A view or a cart is no reason to hide a
product: it may be what she is about to buy. With `show_known` nothing is hidden.

grain: user_no, kin_no
*/
select distinct
    users.user_no,
    item_kin.kin_no
from staging.interactions
inner join profile.users
    on users.user_id = interactions.user_id
inner join profile.items
    on items.item_id = interactions.item_id
inner join profile.item_kin
    on item_kin.item_no = items.item_no
where interactions.fate = 'used'
    and interactions.event_type in ('purchase', 'rating')
    and not {{ show_known }}

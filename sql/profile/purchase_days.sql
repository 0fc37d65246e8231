/*
On which days each user bought which item and kept it.

What a user buys twice on one local day she bought once: these are the days between which
rhythms are counted. A line of which all pieces or all the money came back was no purchase,
for nothing of it is used up.

grain: user_no, item_no, bought_on
*/
select distinct
    users.user_no,
    items.item_no,
    item_kin.kin_no,
    lines.ordered_on as bought_on  -- local day of the purchase
from staging.order_lines as lines
inner join profile.users
    on users.user_id = lines.user_id
    and not users.is_excluded
inner join profile.items
    on items.item_id = lines.item_id
inner join profile.item_kin
    on item_kin.item_no = items.item_no
inner join profile.clock
    on clock.reference_on >= lines.ordered_on
where lines.order_line_no is not null
    and not (lines.return_quantity > 0 and lines.return_quantity >= lines.quantity)
    and not (lines.return_amount > 0 and lines.net_amount <= 0)

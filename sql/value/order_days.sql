/*
The days on which each customer decided to order, and what these orders came to.

Two receipts of one day are one decision. What renews itself, such as a subscription, is no
new decision, and what is bought once in a lifetime says nothing of coming back: orders of
nothing else are left out, and so is what such goods cost in the others.

grain: user_id, ordered_on
*/
select
    orders.user_id,
    orders.ordered_on,
    cast(sum(lines.net_amount) as decimal(18, 4)) as order_day_amount  -- net amount of the day's orders
from staging.orders
inner join profile.users
    on users.user_id = orders.user_id
    and not users.is_excluded
inner join staging.order_lines as lines
    on lines.order_id = orders.order_id
left join staging.items
    on items.item_id = lines.item_id
where orders.ordered_on is not null
    and not is_one_of(coalesce(items.category, ''), {{ contractual_categories }})
    and not is_one_of(coalesce(items.category, ''), {{ one_off_categories }})
group by orders.user_id, orders.ordered_on
having count(lines.order_line_no) > 0

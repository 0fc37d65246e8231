/*
What each user bought of each category.

Rules compare a user with what is usual in the categories she buys, and look for the one
that she buys most. Items without a category make up one of their own, called (none). What is
never recommended, such as bags, postage and gift cards, tells nothing of a taste and is left
out.

grain: user_id, category
check: order_count >= 0
*/
select
    lines.user_id,
    coalesce(items.category, '(none)') as category,
    count(distinct case when lines.order_line_no is not null then lines.order_id end)
        as order_count,  -- orders
    cast(sum(lines.gross_amount) as decimal(18, 4)) as gross_amount,
    cast(sum(lines.discount_amount) as decimal(18, 4)) as discount_amount,
    cast(sum(lines.net_amount) as decimal(18, 4)) as net_amount
from staging.order_lines as lines
inner join profile.users
    on users.user_id = lines.user_id
    and not users.is_excluded
inner join staging.items
    on items.item_id = lines.item_id
    and items.is_recommendable
group by lines.user_id, coalesce(items.category, '(none)')

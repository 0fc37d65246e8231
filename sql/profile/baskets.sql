/*
Every order with the number of different items in it.

What lies in a basket together says what goes together, whoever bought it, so guests count.
A basket of hundreds of items, such as a reseller's, says nothing of the kind, and its pairs
would outnumber those of all others: it is marked and left out of item pairs.

grain: basket_no
*/
select
    row_number() over (order by lines.order_id) as basket_no,  -- dense number of the order, for joins inside one refresh
    lines.order_id,
    dense_rank() over (
        order by min(lines.user_id) is null, coalesce(min(lines.user_id), lines.order_id)
    ) as buyer_no,  -- dense number of who bought it; every guest's order is another buyer's
    min(lines.source) as source,
    count(distinct lines.item_id) as basket_item_count,  -- different items in it
    count(distinct lines.item_id) > {{ basket_max_items }} as is_huge  -- true: too many items to tell what goes together
from staging.order_lines as lines
where lines.order_line_no is not null
    and lines.item_id is not null
group by lines.order_id

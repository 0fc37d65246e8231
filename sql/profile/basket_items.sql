/*
Which items lie in which basket, each once, as far as pairs of them mean something.

What is never recommended, such as bags and postage, is left out, and so are huge baskets
(see profile.baskets).

grain: basket_no, item_no
*/
select distinct
    baskets.basket_no,
    baskets.buyer_no,
    numbered.item_no
from staging.order_lines as lines
inner join profile.baskets
    on baskets.order_id = lines.order_id
    and not baskets.is_huge
inner join staging.items
    on items.item_id = lines.item_id
    and items.is_recommendable
inner join profile.items as numbered
    on numbered.item_id = items.item_id
where lines.order_line_no is not null

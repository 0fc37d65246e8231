/*
Which baskets are left out of item pairs, counted per source.

grain: finding, source
*/
select
    'huge basket' as finding,  -- what was found
    'baskets of more than ' || {{ basket_max_items }}
        || ' different items: left out of item_pairs (profile.basket_max_items)' as meaning,  -- what that means
    baskets.source,
    count(*) as row_count,  -- how often
    min(baskets.order_id) as example  -- the first of them
from profile.baskets
where baskets.is_huge
group by baskets.source

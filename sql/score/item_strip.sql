/*
The items cut into strips that are joined with all items at a time.

A strip is as wide as its pairs with all items can be counted by address, and no strip is so
narrow that there would be more than a hundred of them.

grain: first_no
*/
with

catalogue as (

    select
        greatest(max(holdings.item_no), 1) as item_count,
        greatest(
            floor(cast({{ strip_pairs }} as double) / nullif(greatest(max(holdings.item_no), 1), 0)),
            ceil(max(holdings.item_no) / 100.0), 1
        ) as strip_width
    from score.holdings

),

held as (

    select distinct
        holdings.item_no,
        floor((holdings.item_no - 1) / nullif(catalogue.strip_width, 0)) as strip_no,
        catalogue.item_count
    from score.holdings
    cross join catalogue

)

select
    min(held.item_no) as first_no,  -- the first entity of the strip
    max(held.item_no) as last_no,  -- the last entity of the strip
    any_value(held.item_count) as width  -- places in the other strip
from held
group by held.strip_no

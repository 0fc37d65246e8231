/*
Every item that a source describes or that somebody bought, viewed or rated.

Several sources complement one another: of each column the first known value counts, in the
order of described_rows. An item that only occurs in interactions is known by its id alone.

grain: item_id
*/
with

described as (

    select
        places.entity_id as item_id,
        first_known(items.name, places.row_place) as name,
        first_known(items.category, places.row_place) as category,
        first_known(items.subcategory, places.row_place) as subcategory,
        first_known(items.brand, places.row_place) as brand,
        first_known(items.tags, places.row_place) as tags,
        first_known(items.text, places.row_place) as text,
        first_known(items.list_price, places.row_place) as list_price,
        first_known(items.unit_cost, places.row_place) as unit_cost,
        first_known(items.parent_item_id, places.row_place) as parent_item_id,
        first_known(items.is_recommendable, places.row_place) as is_recommendable,
        first_known(items.stock_quantity, places.row_place) as stock_quantity,
        first_known(items.available_from, places.row_place) as available_from,
        first_known(items.available_to, places.row_place) as available_to,
        first_known(items.source, places.row_place) as source,
        first_known(items.source_row, places.row_place) as source_row
    from staging.described_rows as places
    inner join raw.items
        on items.source = places.source
        and items.source_row = places.source_row
    where places.input = 'items'
    group by places.entity_id

),

occurring as (

    select distinct interactions.item_id
    from staging.interactions
    where interactions.fate in ('used', 'unidentified')
        and interactions.item_id is not null

)

select
    coalesce(described.item_id, occurring.item_id) as item_id,  -- the item
    coalesce(described.name, described.item_id, occurring.item_id) as item_name,  -- the name that customers read, else the id
    described.category,  -- main category
    described.subcategory,  -- finer category
    described.brand,  -- brand
    described.tags,  -- tags as the source writes them
    described.text,  -- any words that describe the item
    cast(described.list_price as decimal(18, 4)) as list_price_amount,  -- current price of one piece
    cast(described.unit_cost as decimal(18, 4)) as unit_cost_amount,  -- what one piece costs the shop
    described.parent_item_id,  -- the item of which this is a variant
    coalesce(described.is_recommendable, true) as is_recommendable,  -- false: never recommended, and no sign of a taste
    described.stock_quantity,  -- pieces in stock; empty: not known
    described.available_from as available_from_at,  -- not recommended before, UTC
    described.available_to as available_to_at,  -- not recommended after, UTC
    described.source,
    described.source_row
from described
full join occurring
    on occurring.item_id = described.item_id

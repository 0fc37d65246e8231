/*
Every item that a source describes or that somebody bought, viewed or rated.

Of several rows for one item the newest counts, else the last. An item that only occurs
in interactions is known by its id alone.

grain: item_id
*/
with

described as (

    select
        items.item_id,
        items.name,
        items.category,
        items.subcategory,
        items.brand,
        items.tags,
        items.text,
        items.list_price,
        items.unit_cost,
        items.parent_item_id,
        items.is_recommendable,
        items.stock_quantity,
        items.available_from,
        items.available_to,
        items.source,
        items.source_row
    from raw.items
    where items.trouble_column is null
    qualify row_number() over (
        partition by items.item_id
        order by items.version_no desc nulls last, items.source desc, items.source_row desc
    ) = 1

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
    coalesce(described.is_recommendable, true) as is_recommendable,  -- false: never recommended
    described.stock_quantity,  -- pieces in stock; empty: not known
    described.available_from as available_from_at,  -- not recommended before, UTC
    described.available_to as available_to_at,  -- not recommended after, UTC
    described.source,
    described.source_row
from described
full join occurring
    on occurring.item_id = described.item_id

/*
Every item with the dense number that joins and tiles use, by popularity, then id.

Popular items have small numbers, so that the self-join's work gathers in few tiles.

grain: item_id
*/
with

popularity as (

    select
        interactions.item_id,
        count(distinct interactions.user_id) as interested_count
    from staging.interactions
    where interactions.fate = 'used'
        and interactions.event_type <> 'refund'
        and interactions.item_id is not null
    group by interactions.item_id

)

select
    row_number() over (
        order by coalesce(popularity.interested_count, 0) desc, items.item_id
    ) as item_no,  -- dense number of the item, for joins inside one refresh
    items.item_id,
    items.item_name,
    items.is_recommendable,
    coalesce(popularity.interested_count, 0) as interested_count,  -- users who did anything with it
    items.is_recommendable
        and coalesce(items.stock_quantity > 0, true)
        and coalesce(items.available_from_at <= clock.reference_at, true)
        and coalesce(items.available_to_at > clock.reference_at, true) as is_available  -- may be recommended now
from staging.items
cross join profile.clock
left join popularity
    on popularity.item_id = items.item_id

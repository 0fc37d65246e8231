/*
How many of the users and items that occur in events are described by a source of their own.

Few of them, although there is such a source, mean that the ids are written differently:
leading zeros, variants, a prefix. `recsys doctor` reads it.

grain: input
kind: view
*/
with

occurring as (

    select distinct
        'items' as input,
        interactions.item_id as entity_id
    from staging.interactions
    where interactions.fate in ('used', 'unidentified')
        and interactions.item_id is not null
    union all
    select distinct 'users', interactions.user_id
    from staging.interactions
    where interactions.fate = 'used'

)

select
    occurring.input,  -- the kind of input: interactions, orders, items ...
    count(*) as occurring_count,  -- users or items with an event
    count(coalesce(items.source, users.source)) as described_count,  -- those of them in a source of users or items
    count(*) filter (where items.item_name <> items.item_id) as named_count  -- items of them with a name
from occurring
left join staging.items
    on occurring.input = 'items'
    and items.item_id = occurring.entity_id
left join staging.users
    on occurring.input = 'users'
    and users.user_id = occurring.entity_id
group by occurring.input

/*
What each type of event gives a recommender to build on.

Only users with two items tell which items go together, and only items with two users
can be compared; the others count for popularity alone. The row `all` takes every type
together. Excluded users do not count. `recsys doctor` reads it.

grain: evidence_type
kind: view
*/
with

pairs as (

    select
        interactions.event_type as evidence_type,
        interactions.user_id,
        interactions.item_id,
        count(*) as row_count
    from staging.interactions
    inner join staging.users
        on users.user_id = interactions.user_id
        and not users.is_excluded
    where interactions.fate = 'used'
        and interactions.event_type <> 'refund'
        and interactions.item_id is not null
    group by interactions.event_type, interactions.user_id, interactions.item_id

),

sided as (

    select
        pairs.evidence_type,
        'user' as side,
        count(*) as degree,
        sum(pairs.row_count) as row_count
    from pairs
    group by pairs.evidence_type, pairs.user_id
    union all
    select pairs.evidence_type, 'item', count(*), 0
    from pairs
    group by pairs.evidence_type, pairs.item_id
    union all
    select 'all', 'user', count(distinct pairs.item_id), sum(pairs.row_count)
    from pairs
    group by pairs.user_id
    union all
    select 'all', 'item', count(distinct pairs.user_id), 0
    from pairs
    group by pairs.item_id

)

select
    sided.evidence_type,  -- a type of event, or all of them
    cast(sum(sided.row_count) as bigint) as evidence_count,  -- events of identified users on items
    count(*) filter (where sided.side = 'user') as acting_count,  -- users with such an event
    count(*) filter (where sided.side = 'user' and sided.degree > 1) as linking_count,  -- users with two items or more
    count(*) filter (where sided.side = 'item') as touched_count,  -- items with such an event
    count(*) filter (where sided.side = 'item' and sided.degree > 1) as linked_count  -- items with two users or more
from sided
group by sided.evidence_type

/*
What is odd about single events, one row for each case.

grain: finding, source, source_row
*/
with

counting as (

    select
        interactions.source,
        interactions.source_row,
        interactions.event_type,
        interactions.item_id,
        interactions.occurred_at,
        interactions.impossible_at,
        interactions.gross_amount,
        interactions.rating
    from staging.interactions
    where interactions.fate in ('used', 'unidentified')

)

select
    'no item' as finding,  -- what was found
    'events without an item: they count as activity only' as meaning,  -- what that means
    counting.source,
    counting.source_row,
    coalesce(counting.event_type, 'no event type') as example  -- the first of them
from counting
where counting.item_id is null
    and counting.event_type is distinct from 'refund'
union all
select
    'no date', 'purchases without a date: in revenue, but in no recency and no window',
    counting.source, counting.source_row, 'row ' || counting.source_row
from counting
where counting.event_type = 'purchase'
    and counting.occurred_at is null
    and counting.impossible_at is null
union all
select
    'date after the refresh',
    'dated after this refresh: they count as undated; if that is meant, set as_of_on',
    counting.source, counting.source_row,
    'row ' || counting.source_row || ', ' || cast(counting.impossible_at as date)
from counting
where counting.impossible_at is not null
union all
select
    'no amount', 'purchases without an amount: they count as sold for nothing',
    counting.source, counting.source_row, 'row ' || counting.source_row
from counting
where counting.event_type = 'purchase'
    and counting.gross_amount is null
union all
select
    'zero price', 'purchases for 0.00',
    counting.source, counting.source_row,
    coalesce(counting.item_id, 'row ' || counting.source_row)
from counting
where counting.event_type = 'purchase'
    and counting.gross_amount = 0
union all
select
    'zero rating',
    'ratings of 0 show no interest; if 0 means not rated, or is a grade, say so in the mapping',
    counting.source, counting.source_row,
    coalesce(counting.item_id, 'row ' || counting.source_row)
from counting
where on_grid(counting.rating) = 0
union all
select
    'unknown event type',
    'event types nobody knows: no purchases, weak signs of interest; map them to known ones',
    counting.source, counting.source_row, counting.event_type
from counting
where not is_one_of(counting.event_type, {{ known_event_types }})

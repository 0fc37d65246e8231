/*
The test part is each user's last product, or her last few.

Last is what she bought or rated last; among products of the same moment the lot decides. Who
has no more than that keeps it: nothing would be left to go by.

grain: source, source_row
kind: view
label: Each user's last products
*/
with

products as (

    select
        events.user_id,
        events.product_id,
        max(events.occurred_at) as last_at
    from evaluation.product_events as events
    where is_one_of(events.event_type, {{ hit_events }})
    group by events.user_id, events.product_id

),

last_ones as (

    select
        products.user_id,
        products.product_id
    from products
    qualify row_number() over (
        partition by products.user_id
        order by
            products.last_at desc nulls last,
            lot({{ seed }}, products.user_id, products.product_id), products.product_id
    ) <= {{ last_products }}
        and count(*) over (partition by products.user_id) > {{ last_products }}

)

select
    events.source,
    events.source_row
from evaluation.product_events as events
inner join last_ones
    on last_ones.user_id = events.user_id
    and last_ones.product_id = events.product_id

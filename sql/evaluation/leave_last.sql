/*
The test part is each user's last product, or her last few.

Last is what she bought or rated last; among products of the same moment the lot decides. A
product goes with all that she ever did with any of its variants, or she would be known to
have had it. Who has no more than that keeps it: nothing would be left to go by.

grain: source, source_row
kind: view
label: Each user's last products
*/
with

dealt as (

    select
        interactions.source,
        interactions.source_row,
        interactions.user_id,
        interactions.event_type,
        interactions.occurred_at,
        coalesce(items.parent_item_id, interactions.item_id) as product_id
    from staging.interactions
    left join staging.items
        on items.item_id = interactions.item_id
    where interactions.fate = 'used'
        and interactions.item_id is not null

),

products as (

    select
        dealt.user_id,
        dealt.product_id,
        max(dealt.occurred_at) as last_at
    from dealt
    where is_one_of(dealt.event_type, {{ hit_events }})
    group by dealt.user_id, dealt.product_id

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
    dealt.source,
    dealt.source_row
from dealt
inner join last_ones
    on last_ones.user_id = dealt.user_id
    and last_ones.product_id = dealt.product_id

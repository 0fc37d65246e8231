/*
The test part is a share of each user's products, drawn by lot.

For data that hardly have a course of time, such as ratings given in one evening. The lot is a
hash of seed, user and product: it is the same on every machine, and rows that are added
elsewhere change nobody's.

grain: source, source_row
kind: view
label: A share of each user's products by lot
*/
with

products as (

    select distinct events.user_id, events.product_id
    from evaluation.product_events as events

),

drawn as (

    select
        products.user_id,
        products.product_id
    from products
    qualify row_number() over (
        partition by products.user_id
        order by lot({{ seed }}, products.user_id, products.product_id), products.product_id
    ) <= round({{ test_share }} * count(*) over (partition by products.user_id))

)

select
    events.source,
    events.source_row
from evaluation.product_events as events
inner join drawn
    on drawn.user_id = events.user_id
    and drawn.product_id = events.product_id

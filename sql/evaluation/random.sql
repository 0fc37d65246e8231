/*
The test part is a share of each user's products, drawn by lot.

For data that hardly have a course of time, such as ratings given in one evening. A product
goes to the test part with all that the user ever did with any of its variants, or she
would be known to have had it. The lot is a hash of seed, user and product: it is the same on
every machine, and rows that are added elsewhere change nobody's.

grain: source, source_row
kind: view
label: A share of each user's products by lot
*/
with

dealt as (

    select
        interactions.source,
        interactions.source_row,
        interactions.user_id,
        coalesce(items.parent_item_id, interactions.item_id) as product_id
    from staging.interactions
    left join staging.items
        on items.item_id = interactions.item_id
    where interactions.fate = 'used'
        and interactions.item_id is not null

),

products as (

    select distinct dealt.user_id, dealt.product_id
    from dealt

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
    dealt.source,
    dealt.source_row
from dealt
inner join drawn
    on drawn.user_id = dealt.user_id
    and drawn.product_id = dealt.product_id

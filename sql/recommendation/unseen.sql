/*
Among how many items each user has something to discover.

grain: user_no
check: unseen_count >= 0
*/
with

products as (

    select
        item_kin.kin_no,
        count(*) as item_count
    from profile.item_kin
    inner join profile.items
        on items.item_no = item_kin.item_no
        and items.is_available
    group by item_kin.kin_no

),

catalogue as (

    select coalesce(sum(products.item_count), 0) as item_count
    from products

),

hidden as (

    select
        exclusions.user_no,
        sum(products.item_count) as item_count
    from recommendation.exclusions
    inner join products
        on products.kin_no = exclusions.kin_no
    group by exclusions.user_no

)

select
    users.user_no,
    cast(catalogue.item_count - coalesce(hidden.item_count, 0) as bigint) as unseen_count  -- available items of products that the user has not had
from profile.users
cross join catalogue
left join hidden
    on hidden.user_no = users.user_no
where not users.is_excluded

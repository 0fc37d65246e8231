/*
What is looked for in the lists: all hits, and those of each popularity stratum by itself.

That a list finds bestsellers is easily done; how well it does with the rest shows only when
they are counted apart. The strata hold about a third of all users' interest each: few
bestsellers, more in the middle, and the long tail with what nobody had touched before.

grain: stratum, user_no, product_id
*/
with

products as (

    select
        coalesce(described.parent_item_id, described.item_id) as product_id,
        sum(items.interested_count) as interest
    from profile.items
    inner join staging.items as described
        on described.item_id = items.item_id
    where items.is_recommendable
    group by coalesce(described.parent_item_id, described.item_id)

),

placed as (

    select
        products.product_id,
        cast(sum(products.interest) over (
            order by products.interest desc, products.product_id
            rows between unbounded preceding and current row
        ) - products.interest as double)
            / nullif(cast(sum(products.interest) over () as double), 0) as interest_before_share
    from products

)

select
    hits.user_no,
    hits.product_id,
    'all' as stratum  -- all; bestsellers, middle, long tail: a third of the interest each
from evaluation.hits
union all
select
    hits.user_no,
    hits.product_id,
    case
        when placed.interest_before_share < 1.0 / 3 then 'bestsellers'
        when placed.interest_before_share < 2.0 / 3 then 'middle'
        else 'long tail'
    end as stratum
from evaluation.hits
left join placed
    on placed.product_id = hits.product_id

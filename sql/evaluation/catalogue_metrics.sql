/*
How much of the catalogue the lists reach, and how unevenly.

Both are of all lists together, over every product that might be shown; the products that no
list holds count as shown zero times.

grain: contender
cite: Gini after Damgaard and Weiner (2000): sum of (2 rank - n - 1) x, by n times the sum of x
*/
with

contenders as (

    select distinct shown.contender
    from evaluation.shown

),

catalogue as (

    select distinct coalesce(described.parent_item_id, described.item_id) as product_id
    from profile.items
    inner join staging.items as described
        on described.item_id = items.item_id
    where items.is_available

),

exposures as (

    select
        contenders.contender,
        catalogue.product_id,
        count(shown.rank) as shown_count
    from catalogue
    cross join contenders
    left join evaluation.shown
        on shown.contender = contenders.contender
        and shown.product_id = catalogue.product_id
    group by contenders.contender, catalogue.product_id

),

ranked as (

    select
        exposures.contender,
        exposures.shown_count,
        row_number() over (
            partition by exposures.contender order by exposures.shown_count, exposures.product_id
        ) as place,
        count(*) over (partition by exposures.contender) as product_count
    from exposures

)

select
    ranked.contender,
    cast(count(*) filter (where ranked.shown_count > 0) as double)
        / nullif(count(*), 0) as catalog_coverage,  -- share of the products that any list holds
    cast(sum((2 * ranked.place - ranked.product_count - 1) * ranked.shown_count) as double)
        / nullif(
            cast(any_value(ranked.product_count) as double)
            * cast(sum(ranked.shown_count) as double), 0
        ) as exposure_gini  -- 0: all products are shown equally often; near 1: few get everything
from ranked
group by ranked.contender

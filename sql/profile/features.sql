/*
Every feature that tells items apart, with how rare it is.

What every item has tells nothing: its rarity is zero. A word that only one item has
links it with none, and one that a large part of the catalogue has is a filler such as
`the` or `and` in whatever language it is written: neither is a feature. Numbers go by
frequency, so that the common features gather.

grain: feature_no
check: rarity >= 0
cite: Sparck Jones (1972), A statistical interpretation of term specificity
*/
with

counted as (

    select
        terms.feature,
        terms.value,
        count(*) as described_item_count
    from profile.item_terms as terms
    group by terms.feature, terms.value

),

catalogue as (

    select count(distinct terms.item_no) as item_total
    from profile.item_terms as terms

)

select
    row_number() over (
        order by counted.described_item_count desc, counted.feature, counted.value
    ) as feature_no,  -- dense number of the feature, for joins inside one refresh
    counted.feature,
    counted.value,
    counted.described_item_count,  -- items that have the feature
    on_grid(
        ln(catalogue.item_total / cast(nullif(counted.described_item_count, 0) as double))
    ) as rarity  -- ln(items that have any feature / items that have this one)
from counted
cross join catalogue
where counted.feature <> 'keyword'
    or (
        counted.described_item_count >= {{ keyword_min_items }}
        and counted.described_item_count <= {{ keyword_max_item_share }} * catalogue.item_total
    )

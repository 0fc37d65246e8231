/*
Each item as a vector of weighted features: what content-based scores compare.

Weight is the feature's part of its kind, times its rarity, times what its kind counts
for. The parts of one kind have length 1 together, so that a long text counts no more
than a category; within it a word said often counts more, damped by a logarithm. Weights
lie on a grid of 1/4096 (see on_grid); what no item is told apart by is no row.

grain: item_no, feature_no
check: feature_weight > 0
*/
with

damped as (

    select
        terms.item_no,
        features.feature_no,
        features.feature,
        features.value,
        features.rarity,
        on_grid(1 + ln(terms.mention_count)) as loudness
    from profile.item_terms as terms
    inner join profile.features
        on features.feature = terms.feature
        and features.value = terms.value

),

parted as (

    select
        damped.item_no,
        damped.feature_no,
        damped.feature,
        damped.value,
        damped.rarity,
        on_grid(damped.loudness / nullif(sqrt(
            sum(damped.loudness * damped.loudness) over (
                partition by damped.item_no, damped.feature
            )
        ), 0)) as feature_part
    from damped

),

weighted as (

    select
        parted.item_no,
        parted.feature_no,
        parted.feature,
        parted.value,
        parted.feature_part,
        on_grid(
            parted.feature_part * parted.rarity
            * coalesce(looked_up({{ feature_weights }}, parted.feature), 0)
        ) as feature_weight
    from parted

)

select
    weighted.item_no,
    weighted.feature_no,
    weighted.feature,
    weighted.value,
    weighted.feature_part,  -- how much of its kind the feature makes up; their squares add up to 1
    weighted.feature_weight  -- what the feature says of the item: part of its kind, times rarity, times weight of the kind
from weighted
where weighted.feature_weight > 0

/*
How unlike each other the items of each list are.

The distance of two items is 1 - the cosine of their features. The sum over all pairs of a
list needs no pairs: the vectors' sum, squared, holds each pair's cosine twice and each item's
with itself, which is 1, once. Items without any feature are left out.

grain: contender, user_no
cite: Castells, Hurley and Vargas (2015), Novelty and Diversity in Recommender Systems
*/
with

lengths as (

    select
        features.item_no,
        sqrt(sum(features.feature_weight * features.feature_weight)) as length
    from profile.item_features as features
    group by features.item_no

),

added as (

    select
        shown.contender, shown.user_no, features.feature_no,
        cast(sum(cast(
            features.feature_weight / nullif(lengths.length, 0) as decimal(18, 15)
        )) as double) as part_sum
    from evaluation.shown
    inner join lengths
        on lengths.item_no = shown.item_no
    inner join profile.item_features as features
        on features.item_no = shown.item_no
    group by shown.contender, shown.user_no, features.feature_no

),

squares as (

    select
        added.contender, added.user_no,
        cast(sum(cast(added.part_sum * added.part_sum as decimal(24, 15))) as double) as square_sum
    from added
    group by added.contender, added.user_no

),

described as (

    select
        shown.contender, shown.user_no,
        count(*) as item_count
    from evaluation.shown
    inner join lengths
        on lengths.item_no = shown.item_no
    group by shown.contender, shown.user_no

)

select
    described.contender,
    described.user_no,
    1 - (squares.square_sum - described.item_count)
        / nullif(described.item_count * (described.item_count - 1), 0)
        as intra_list_diversity  -- mean over the list's pairs of 1 - cosine of their features; 0: all alike
from described
inner join squares
    on squares.contender = described.contender
    and squares.user_no = described.user_no
where described.item_count > 1

/*
What each cluster would be called today: by the two features furthest from the mean, or by three.

A feature that is nearly as with all gives no name; a cluster without any other is like most.

grain: cluster_no
*/
with

told as (

    select
        deviations.cluster_no, deviations.trait_rank,
        case
            when abs(deviations.deviation) >= {{ trait_from }} then traits.trait_words
        end as trait_words
    from cluster.deviations as deviations
    inner join cluster.traits as traits
        on traits.trait = deviations.trait
        and traits.is_high = (deviations.deviation > 0)

),

lined_up as (

    select
        told.cluster_no,
        max(case when told.trait_rank = 1 then told.trait_words end) as one,
        max(case when told.trait_rank = 2 then lower(told.trait_words) end) as two,
        max(case when told.trait_rank = 3 then lower(told.trait_words) end) as three
    from told
    group by told.cluster_no

)

select
    lined_up.cluster_no,
    coalesce(
        nullif(concat_ws(', ', lined_up.one, lined_up.two), ''), traits.trait_words
    ) as short_name,  -- by two features
    coalesce(
        nullif(concat_ws(', ', lined_up.one, lined_up.two, lined_up.three), ''), traits.trait_words
    ) as long_name  -- by three features
from lined_up
inner join cluster.traits as traits
    on traits.trait = 'average'

/*
The cluster of every customer, with the evidence in words.

The evidence is what gave the cluster its name: the user's own value of it and, to hold it against,
the median of all customers. What is not known of her is left out.

grain: user_no
*/
with

names as (

    select
        names.cluster_no, names.segment, names.trait,
        row_number() over (
            partition by names.cluster_no
            order by round(abs(names.named_deviation), 9) desc, names.trait
        ) as place
    from cluster.names as names
    where names.run_id = {{ run_id }}

),

placed as (

    select
        points.user_no, points.user_id,
        first_of(
            centres.cluster_no,
            round(squared_distance(points.point, centres.centre), 9), centres.cluster_no
        ) as cluster_no
    from cluster.points as points
    cross join cluster.centres as centres
    group by points.user_no, points.user_id

),

told as (

    select
        placed.user_no, placed.user_id, placed.cluster_no, names.segment, names.place,
        with_unit(in_words(round(own.trait_value, 4), names.trait), traits.trait_unit)
            || ' (median of all: ' || in_words(round(scales.overall_median, 4), names.trait)
            || ')' as words
    from placed
    inner join names
        on names.cluster_no = placed.cluster_no
        and names.place <= 3
    inner join cluster.scales as scales
        on scales.trait = names.trait
    inner join cluster.traits as traits
        on traits.trait = names.trait
        and traits.is_high
    left join cluster.values as own
        on own.user_no = placed.user_no
        and own.trait = names.trait

)

select
    told.user_no,
    told.user_id,
    told.cluster_no,
    told.segment,
    coalesce(nullif(concat_ws(
        '; ',
        max(case when told.place = 1 then told.words end),
        max(case when told.place = 2 then told.words end),
        max(case when told.place = 3 then told.words end)
    ), ''), 'nothing is known of what sets the others apart') as evidence  -- why the user is in it, in words
from told
group by told.user_no, told.user_id, told.cluster_no, told.segment

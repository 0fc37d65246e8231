/*
What each cluster is called, refresh by refresh: the same one keeps its name.

It is the same one, whatever its number today, while its centre is near to where it was when it
got its name, as seen from the mean of all, and none of the three features that set it apart is
on the other side now. A name that another cluster has is made longer, or else numbered.

grain: run_id, cluster_no, trait
kind: history
*/
with

known as (

    select names.cluster_no, names.called, names.called_no, names.trait, names.named_deviation,
        rank() over (
            partition by names.run_id, names.cluster_no order by abs(names.named_deviation) desc
        ) as place
    from cluster.names as names
    where names.run_id < {{ run_id }}
    qualify rank() over (order by names.run_id desc) = 1

),

distances as (

    select
        today.cluster_no, known.cluster_no as known_no, known.called, known.called_no,
        round(sum(power(today.deviation - known.named_deviation, 2)), 9) as square
    from cluster.deviations as today
    inner join known
        on known.trait = today.trait
    group by today.cluster_no, known.cluster_no, known.called, known.called_no
    having count(*) = (select count(*) from cluster.scales)
        and count(*) = (select count(distinct trait) from known)
        and bool_and(today.deviation * known.named_deviation > 0 or known.place > 3
            or abs(known.named_deviation) < {{ trait_from }})

),

kept as (

    select near.cluster_no, near.known_no, near.called, near.called_no
    from distances as near
    where near.square <= power({{ same_within }}, 2)
    qualify row_number() over (partition by near.cluster_no order by near.square, near.known_no) = 1
        and row_number() over (partition by near.known_no order by near.square, near.cluster_no) = 1

),

called as (

    select
        calls.cluster_no, kept.known_no, kept.called_no, coalesce(kept.called, case
            when count(*) over (partition by coalesce(kept.called, calls.short_name)) > 1
                then calls.long_name
        end, calls.short_name) as called
    from cluster.calls as calls
    left join kept
        on kept.cluster_no = calls.cluster_no

),

numbered as (

    select
        called.cluster_no, called.known_no, called.called,
        coalesce(called.called_no, row_number() over (
            partition by called.called, called.called_no is null order by called.cluster_no
        ) + coalesce(max(called.called_no) over (partition by called.called), 0)) as called_no
    from called

)

select
    cast({{ run_id }} as bigint) as run_id,  -- the refresh
    numbered.cluster_no,
    today.trait,
    numbered.called,  -- the cluster's name without a number
    cast(numbered.called_no as integer) as called_no,  -- 1, or the number that tells it from others of the name
    concat(
        numbered.called, case when numbered.called_no > 1 then ' (' || numbered.called_no || ')' end
    ) as segment,  -- the segment's name
    coalesce(known.named_deviation, today.deviation) as named_deviation  -- the deviation when it got its name
from numbered
inner join cluster.deviations as today
    on today.cluster_no = numbered.cluster_no
left join known
    on known.cluster_no = numbered.known_no
    and known.trait = today.trait

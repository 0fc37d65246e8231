/*
Clusterings of the sample by k-means: for each number of clusters and each start where it ends.

Each pass gives every customer to the nearest centre and moves the centres to the mean of theirs,
until none moves. Where it ends depends on where it starts, hence several starts.

grain: cluster_count, start_no, cluster_no
kind: iterated
until: not exists (select this.start_no from this where not this.is_settled)
at_most: 200
cite: Lloyd (1982), Least squares quantization in PCM
*/
with

crowd as (

    select points.user_no, points.point
    from cluster.points as points
    where points.is_sampled

),

starting as (

    select
        counts.cluster_count,
        seeds.start_no,
        seeds.seed_no as cluster_no,
        coalesce(latest.centre, seeds.point) as centre,
        latest.member_count,
        latest.squares,
        coalesce(latest.is_settled, false) as is_settled
    from cluster.seeds as seeds
    inner join (select cast(each_of({{ counts }}) as integer) as cluster_count) as counts
        on counts.cluster_count >= seeds.seed_no
    left join cluster.trials as latest
        on latest.cluster_count = counts.cluster_count
        and latest.start_no = seeds.start_no
        and latest.cluster_no = seeds.seed_no

),

{% include "kmeans.part" %}

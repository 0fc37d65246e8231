/*
Where the clusterings of the sample end when they are carried on with all customers.

Of the chosen number of clusters, the five best endings of the sample's starts, each once: what is
best for the sample need not be so for all. The passes are those of cluster.trials; where
everybody is in the sample nothing moves any more.

grain: start_no, cluster_no
kind: iterated
until: not exists (select this.start_no from this where not this.is_settled)
at_most: 200
*/
with

crowd as (

    select points.user_no, points.point
    from cluster.points as points

),

ended as (

    select
        trials.cluster_count, trials.start_no,
        round(cast(sum(exactly(trials.squares)) as double), 6) as inertia
    from cluster.trials as trials
    inner join cluster.choices as choices
        on choices.cluster_count = trials.cluster_count
        and choices.is_chosen
        and choices.run_id = {{ run_id }}
    group by trials.cluster_count, trials.start_no

),

endings as (

    select ended.cluster_count, min(ended.start_no) as start_no
    from ended
    group by ended.cluster_count, ended.inertia
    order by ended.inertia
    limit 5

),

starting as (

    select
        trials.cluster_count,
        trials.start_no,
        trials.cluster_no,
        coalesce(latest.centre, trials.centre) as centre,
        latest.member_count,
        latest.squares,
        coalesce(latest.is_settled, false) as is_settled
    from endings
    inner join cluster.trials as trials
        on trials.cluster_count = endings.cluster_count
        and trials.start_no = endings.start_no
    left join cluster.courses as latest
        on latest.start_no = trials.start_no
        and latest.cluster_no = trials.cluster_no

),

{% include "kmeans.part" %}

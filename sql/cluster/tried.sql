/*
In which cluster each customer of the sample is, for each number of clusters that is tried.

Of each number the start counts that leaves the smallest squares.

grain: cluster_count, user_no
*/
with

best as (

    select trials.cluster_count, trials.start_no
    from cluster.trials as trials
    group by trials.cluster_count, trials.start_no
    qualify row_number() over (
        partition by trials.cluster_count
        order by round(cast(sum(exactly(trials.squares)) as double), 6), trials.start_no
    ) = 1

)

select
    best.cluster_count,
    best.start_no,
    points.user_no,
    first_of(
        trials.cluster_no,
        round(squared_distance(points.point, trials.centre), 9), trials.cluster_no
    ) as cluster_no
from best
inner join cluster.trials as trials
    on trials.cluster_count = best.cluster_count
    and trials.start_no = best.start_no
cross join cluster.points as points
where points.is_sampled
group by best.cluster_count, best.start_no, points.user_no

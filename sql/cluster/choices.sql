/*
The numbers of clusters that were tried on the sample, and which one is taken.

The one with the highest mean silhouette; of equals the smaller number. Two numbers are often nearly
as good, and customers are not to be divided anew each time: the number of the refresh before
stays unless another one is better by a margin. A single number that is given in cluster_counts is
taken as it is.

grain: run_id, cluster_count
kind: history
*/
with

fitted as (

    select
        trials.cluster_count, trials.start_no,
        cast(sum(trials.member_count) as bigint) as sampled_count,
        cast(sum(exactly(trials.squares)) as double) as inertia
    from cluster.trials as trials
    group by trials.cluster_count, trials.start_no

),

judged as (

    select
        tried.cluster_count, tried.start_no,
        sum(on_fine_grid(silhouettes.silhouette))
            / nullif(cast(count(*) as double), 0) as mean_silhouette
    from cluster.tried as tried
    inner join cluster.silhouettes as silhouettes
        on silhouettes.cluster_count = tried.cluster_count
        and silhouettes.user_no = tried.user_no
    group by tried.cluster_count, tried.start_no

),

taken_before as (

    select choices.cluster_count
    from cluster.choices as choices
    where choices.run_id < {{ run_id }}
    qualify rank() over (order by choices.run_id desc) = 1
        and choices.is_chosen

)

select
    cast({{ run_id }} as bigint) as run_id,  -- the refresh
    judged.cluster_count,
    judged.start_no,
    fitted.sampled_count,  -- customers of the sample that it was tried on
    fitted.inertia,  -- squares of the distances to the centres, summed up; the best of all starts
    judged.mean_silhouette,  -- mean silhouette of the sample: the higher, the clearer the division
    row_number() over (
        order by
            round(judged.mean_silhouette, 9) + case
                when taken_before.cluster_count is not null then {{ margin }}
                else 0
            end desc,
            judged.cluster_count
    ) = 1 as is_chosen  -- true: customers are divided into so many
from judged
inner join fitted
    on fitted.cluster_count = judged.cluster_count
    and fitted.start_no = judged.start_no
left join taken_before
    on taken_before.cluster_count = judged.cluster_count

/*
The numbers of clusters that were tried on the sample, and which one is taken.

The one with the highest mean silhouette; of equals the smaller number. A single number that is
given in cluster_counts is taken as it is.

grain: cluster_count
*/
with

fitted as (

    select
        trials.cluster_count, trials.start_no,
        cast(sum(trials.member_count) as bigint) as sampled_count,
        cast(sum(exactly(trials.squares)) as double) as inertia
    from segment.cluster_trials as trials
    group by trials.cluster_count, trials.start_no

),

judged as (

    select
        tried.cluster_count, tried.start_no,
        sum(on_fine_grid(silhouettes.silhouette))
            / nullif(cast(count(*) as double), 0) as mean_silhouette
    from segment.cluster_tried as tried
    inner join segment.cluster_silhouettes as silhouettes
        on silhouettes.cluster_count = tried.cluster_count
        and silhouettes.user_no = tried.user_no
    group by tried.cluster_count, tried.start_no

)

select
    judged.cluster_count,
    judged.start_no,
    fitted.sampled_count,  -- customers of the sample that it was tried on
    fitted.inertia,  -- squares of the distances to the centres, summed up; the best of all starts
    judged.mean_silhouette,  -- mean silhouette of the sample: the higher, the clearer the division
    row_number() over (
        order by round(judged.mean_silhouette, 9) desc, judged.cluster_count
    ) = 1 as is_chosen  -- true: customers are divided into so many
from judged
inner join fitted
    on fitted.cluster_count = judged.cluster_count
    and fitted.start_no = judged.start_no

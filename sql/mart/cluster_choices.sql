/*
The numbers of clusters that were tried on a sample of the customers, and which one was taken.

grain: cluster_count
*/
select
    choices.cluster_count,
    choices.sampled_count,
    choices.inertia,
    choices.mean_silhouette,
    choices.is_chosen
from cluster.choices as choices
where choices.run_id = {{ run_id }}

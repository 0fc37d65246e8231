/*
What sets each cluster apart: how far its centre lies from the mean of all, feature by feature.

grain: cluster_no, trait
*/
select
    centres.cluster_no,
    scales.trait,
    nth_of(centres.centre, scales.trait_no) as deviation,  -- standard deviations from the mean of all customers; above it positive
    cast(row_number() over (
        partition by centres.cluster_no
        order by round(abs(nth_of(centres.centre, scales.trait_no)), 9) desc, scales.trait
    ) as integer) as trait_rank  -- 1: what sets the cluster apart most
from cluster.centres as centres
cross join cluster.scales as scales

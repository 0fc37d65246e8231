/*
The clusters of the customers in numbers: a page for each, what sets it apart most first.

Medians, so that one large account does not speak for all. How many there are and what they are
worth stands in segments, who is in which in user_segments.

grain: segment, trait
*/
select
    members.segment,
    deviations.trait,
    deviations.trait_rank,
    median(own.trait_value) as cluster_median,  -- median of its customers
    scales.overall_median,
    deviations.deviation
from segment.clusters as members
inner join cluster.deviations as deviations
    on deviations.cluster_no = members.cluster_no
inner join cluster.scales as scales
    on scales.trait = deviations.trait
left join cluster.values as own
    on own.user_no = members.user_no
    and own.trait = deviations.trait
group by
    members.segment, deviations.trait, deviations.trait_rank, scales.overall_median,
    deviations.deviation

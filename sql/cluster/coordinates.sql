/*
Where each customer stands among all, feature by feature, in standard deviations from the mean.

What is not known of a customer counts as the mean. Coordinates lie on a grid, so that their
sums are exact and centres the same in whatever order they are added up.

grain: user_no, trait_no
*/
select
    customers.user_no,
    scales.trait_no,
    coalesce(
        on_grid((told.scaled_value - scales.scaled_mean) / nullif(scales.scaled_spread, 0)), 0
    ) as coordinate  -- standard deviations from the mean of all customers
from (select distinct user_no from cluster.values) as customers
cross join cluster.scales as scales
left join cluster.values as told
    on told.user_no = customers.user_no
    and told.trait = scales.trait

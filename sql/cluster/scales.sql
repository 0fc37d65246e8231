/*
Where the customers stand as a whole by each chosen feature: what distances are measured by.

A feature in which all are alike groups nobody and is left out.

grain: trait
check: scaled_spread > 0
*/
with

summed as (

    select
        told.trait,
        cast(sum(exactly(told.scaled_value)) as double)
            / nullif(count(*), 0) as scaled_mean,
        cast(sum(exactly(told.scaled_value * told.scaled_value)) as double)
            / nullif(count(*), 0) as mean_square,
        median(told.trait_value) as overall_median
    from cluster.values as told
    group by told.trait

)

select
    summed.trait,
    cast(row_number() over (order by summed.trait) as integer) as trait_no,  -- its place among those that count, from 1
    summed.scaled_mean,  -- mean of all customers on that scale
    spread(summed.scaled_mean, summed.mean_square) as scaled_spread,  -- standard deviation of all customers on that scale
    summed.overall_median  -- median of all customers
from summed
where summed.mean_square - summed.scaled_mean * summed.scaled_mean > 1e-9 * summed.mean_square

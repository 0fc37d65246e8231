/*
Why nobody is grouped, where clusters are wanted and there are none; else empty.

grain: lack
*/
with

people as (

    select count(*) as customer_count
    from cluster.customers

),

wanted as (

    select count(*) as number_count
    from (select each_of({{ counts }}) as cluster_count) as counts

),

scaled as (

    select count(*) as trait_count
    from cluster.scales

)

select
    case
        when people.customer_count < {{ min_customers }}
            then concat(
                'no clusters: ', people.customer_count, ' of ', {{ min_customers }},
                ' customers needed'
            )
        else 'no clusters: customers are alike in all that they are to be grouped by'
    end as lack  -- what stands in the way of clusters, in words
from people
cross join wanted
cross join scaled
where wanted.number_count > 0
    and scaled.trait_count = 0

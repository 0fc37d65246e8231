/*
What customers are grouped by: the chosen features of each, one by one.

Counts, days and amounts are taken as logarithms, since between one order and ten lies more than
between 101 and 110; shares stay as they are. Where there are too few customers nobody is
grouped: a dozen people are known by name.

grain: user_no, trait
*/
with

customers as (

    select
        who.user_no, who.user_id, activity.recency_days, activity.order_count,
        activity.net_amount, activity.discount_share, activity.return_share,
        activity.distinct_category_count,
        count(*) over () as customer_count
    from cluster.customers as who
    inner join profile.user_activity as activity
        on activity.user_id = who.user_id

),

told as (

    select user_no, 'recency_days' as trait, cast(recency_days as double) as trait_value
    from customers
    union all
    select user_no, 'order_count', order_count
    from customers
    union all
    select user_no, 'net_amount', net_amount
    from customers
    union all
    select user_no, 'average_order_amount', net_amount / nullif(cast(order_count as double), 0)
    from customers
    union all
    select user_no, 'discount_share', discount_share
    from customers
    union all
    select user_no, 'return_share', return_share
    from customers
    union all
    select user_no, 'distinct_category_count', distinct_category_count
    from customers
    union all
    select customers.user_no, 'weekend_share', weekends.weekend_share
    from customers
    inner join profile.weekends
        on weekends.user_id = customers.user_id

)

select
    told.user_no,
    told.trait,  -- what customers are grouped by
    told.trait_value,  -- the user's value of it
    case
        when told.trait like '%share' then told.trait_value
        else ln(1 + greatest(told.trait_value, 0))
    end as scaled_value  -- the same on the scale on which customers are compared
from told
inner join customers
    on customers.user_no = told.user_no
    and customers.customer_count >= {{ min_customers }}
where told.trait_value is not null
    and is_one_of(told.trait, {{ features }})

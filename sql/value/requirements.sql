/*
Whether the data suffice to tell what customers are worth, one requirement a row.

The first three decide: without them nothing is fitted. The others say how far to trust the
result. Freshness is counted from the run itself, not from the newest order, which is always
fresh. Gamma-Gamma takes it that who orders often spends neither more nor less per order.

grain: requirement_no
*/
with

freshness as (

    select count(*) as recent_count
    from staging.orders
    where orders.ordered_on > least(
        cast(cast({{ run_at }} as timestamp) as date),
        coalesce(text_to_day({{ as_of_on }}), date '9999-12-31')
    ) - {{ fresh_days }}

),

regulars as (

    select count(*) filter (where histories.repeat_order_count >= 2) as regular_count
    from value.histories
    where histories.viewpoint = 'now'

),

sums as (

    select
        cast(sum(spent.same_count) as double) as customers,
        cast(sum(spent.same_count * spent.repeat_order_count) as double) as frequencies,
        cast(sum(exactly(spent.same_count * spent.mean_repeat_amount)) as double) as amounts,
        cast(sum(exactly(spent.same_count * power(spent.repeat_order_count, 2))) as double)
            as frequency_squares,
        cast(sum(exactly(spent.same_count * power(spent.mean_repeat_amount, 2))) as double)
            as value_squares,
        cast(sum(exactly(
            spent.same_count * spent.repeat_order_count * spent.mean_repeat_amount
        )) as double) as products
    from value.evidence as spent
    where spent.viewpoint = 'now'
        and spent.value_model = 'Gamma-Gamma'

),

found as (

    select 1 as place, 'customers with an order' as requirement, evidence.buyer_count as value,
        {{ min_customers }} as at_least, null as at_most
    from profile.order_evidence as evidence
    union all
    select 2, 'days of history', coalesce(evidence.history_days, 0), {{ min_history_days }}, null
    from profile.order_evidence as evidence
    union all
    select 3, 'customers with orders on three days', regulars.regular_count,
        {{ min_regular_customers }}, null
    from regulars
    union all
    select 4, 'orders shortly before the run', freshness.recent_count, 1, null
    from freshness
    union all
    select 5, 'correlation of frequency and value', round(
        (sums.customers * sums.products - sums.frequencies * sums.amounts) / nullif(sqrt(greatest(
            (sums.customers * sums.frequency_squares - power(sums.frequencies, 2))
            * (sums.customers * sums.value_squares - power(sums.amounts, 2)), 0
        )), 0), 6
    ), -{{ max_correlation }}, {{ max_correlation }}
    from sums

)

select
    found.place as requirement_no,  -- the more important, the smaller
    found.requirement,  -- what value models need
    cast(found.value as double) as found_value,  -- what there is of it; empty: not to be told
    cast(found.at_least as double) as at_least_value,  -- how much it should be at least
    cast(found.at_most as double) as at_most_value,  -- and at most
    coalesce(
        found.value >= found.at_least and coalesce(found.value <= found.at_most, true), false
    ) as is_met,  -- true: it is
    found.place <= 3 as is_decisive  -- true: without it nothing is fitted
from found

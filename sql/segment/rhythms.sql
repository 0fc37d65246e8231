/*
What silence means of each customer: after how many days she is slowing, at risk, lapsed.

Measured by her own usual gap where three orders make a rhythm; else by how long others of her
main category, or all, took to come again. Who comes once a year has a year and the width of
the season, and has lapsed when two seasons have passed without her. Where nobody has ever come
again, the RFM window stands in.

grain: user_id
check: slowing_after_days <= at_risk_after_days
check: at_risk_after_days <= lapsed_after_days
*/
with

measures as (

    select
        seasonal.user_id,
        1 as place,
        'season' as basis,
        365.0 as usual_days,
        365 + {{ seasonal_days }} as slow_days,
        365 + {{ seasonal_days }} as risk_days,
        730 + {{ seasonal_days }} as lapse_days
    from segment.seasonal_buyers as seasonal
    union all
    select
        own.user_id, 2, 'own rhythm', own.own_order_gap_days,
        days_of_patience(1, own.own_order_gap_days, own.longest_gap_days,
            {{ lifecycle_gap_factors }}, {{ lifecycle_least_days }}),
        days_of_patience(2, own.own_order_gap_days, own.longest_gap_days,
            {{ lifecycle_gap_factors }}, {{ lifecycle_least_days }}),
        days_of_patience(3, own.own_order_gap_days, own.longest_gap_days,
            {{ lifecycle_gap_factors }}, {{ lifecycle_least_days }})
    from segment.own_rhythms as own
    where own.own_gap_count >= {{ lifecycle_min_orders }} - 1
    union all
    select
        main_categories.user_id, 3, 'category', others.asked_gap_days,
        others.slowing_after_days, others.at_risk_after_days, others.lapsed_after_days
    from profile.main_categories
    inner join segment.others_gaps as others
        on others.asked_category = main_categories.main_category
    union all
    select
        users.user_id, 4, 'all customers', others.asked_gap_days,
        others.slowing_after_days, others.at_risk_after_days, others.lapsed_after_days
    from profile.users
    inner join segment.others_gaps as others
        on others.asked_category = '(all)'
    union all
    select
        users.user_id, 5, 'RFM window', null,
        {{ rfm_window_days }}, {{ rfm_window_days }}, {{ rfm_window_days }}
    from profile.users

)

select
    activity.user_id,
    activity.first_order_on,
    activity.last_order_on,
    activity.recency_days,
    measures.basis as rhythm_basis,  -- what the silence is measured by: season, own rhythm, category, all customers, or the RFM window
    cast(measures.usual_days as double) as rhythm_days,  -- usual days between orders by that measure; empty: nobody has come again yet
    measures.slow_days as slowing_after_days,
    measures.risk_days as at_risk_after_days,
    measures.lapse_days as lapsed_after_days
from profile.user_activity as activity
inner join profile.users
    on users.user_id = activity.user_id
    and not users.is_excluded
inner join measures
    on measures.user_id = activity.user_id
where activity.last_order_on is not null
qualify row_number() over (
    partition by activity.user_id
    order by measures.place
) = 1

/*
All that is known of each user, one wide row for BI.

grain: user_id
*/
select
    users.user_id,
    users.household_id,
    users.is_excluded,
    users.first_seen_at,
    users.acquisition_channel,
    {% for attribute in attributes %}
    {% for name in attribute.published %}
    users.{{ name }},
    {% endfor %}
    {% endfor %}
    activity.event_count,
    activity.distinct_item_count,
    activity.distinct_category_count,
    activity.first_event_at,
    activity.last_event_at,
    activity.order_count,
    activity.first_order_on,
    activity.last_order_on,
    activity.recency_days,
    activity.gross_amount,
    activity.discount_amount,
    activity.return_amount,
    activity.net_amount,
    cast(
        activity.net_amount / nullif(activity.order_count, 0) as decimal(18, 4)
    ) as average_order_amount,  -- net amount per order
    activity.discount_share,
    activity.return_share,
    habits.usual_order_gap_days,
    habits.preferred_channel,
    habits.preferred_weekday,
    habits.preferred_hour,
    rfm.r_score,
    rfm.f_score,
    rfm.m_score,
    rfm.is_without_revenue,
    rfm.segment as rfm_segment,  -- the RFM segment; empty: has never ordered
    lifecycle.segment as lifecycle_stage,  -- the stage of life by the customer's own rhythm; empty: no order with a date
    lifecycle.lifecycle_since_on,
    worth.expected_orders_365_days,
    worth.churn_probability,
    worth.expected_date_of_next_order,
    worth.predicted_clv
from staging.users
inner join profile.user_activity as activity
    on activity.user_id = users.user_id
left join profile.user_habits as habits
    on habits.user_id = users.user_id
left join segment.rfm
    on rfm.user_id = users.user_id
left join segment.lifecycle
    on lifecycle.user_id = users.user_id
left join value.customers as worth
    on worth.user_id = users.user_id

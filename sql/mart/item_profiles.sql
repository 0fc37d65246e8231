/*
All that is known of each item.

grain: item_id
*/
select
    items.item_id,
    items.item_name,
    items.category,
    items.subcategory,
    items.brand,
    items.list_price_amount,
    items.unit_cost_amount,
    items.parent_item_id,
    items.is_recommendable,
    available.is_available,
    activity.customer_count,
    activity.penetration_share,
    activity.order_count,
    activity.quantity,
    activity.net_amount,
    activity.repeat_share,
    activity.first_order_on,
    activity.last_order_on,
    coalesce(trends.recent_order_count, 0) as recent_order_count,
    coalesce(trends.previous_order_count, 0) as previous_order_count,
    trends.trend
from staging.items
inner join profile.items as available
    on available.item_id = items.item_id
inner join profile.item_activity as activity
    on activity.item_id = items.item_id
left join profile.item_trend as trends
    on trends.item_id = items.item_id

/*
What each user did, in numbers.

Frequency counts orders, never lines. A refund is no order and resets no recency.

grain: user_id
check: order_count >= 0
check: coalesce(recency_days >= 0, true)
*/
with

acts as (

    select
        interactions.user_id,
        count(*) as event_count,
        count(distinct interactions.item_id) as distinct_item_count,
        count(distinct items.category) as distinct_category_count,
        min(interactions.occurred_at) as first_event_at,
        max(interactions.occurred_at) as last_event_at,
        max(interactions.occurred_on) as last_event_on
    from staging.interactions
    left join staging.items
        on items.item_id = interactions.item_id
    where interactions.fate = 'used'
        and interactions.event_type <> 'refund'
    group by interactions.user_id

),

spent as (

    select
        dealings.user_id,
        count(dealings.order_id) as order_count,
        min(dealings.ordered_on) filter (where dealings.order_id is not null) as first_order_on,
        max(dealings.ordered_on) filter (where dealings.order_id is not null) as last_order_on,
        cast(sum(dealings.gross_amount) as decimal(18, 4)) as gross_amount,
        cast(sum(dealings.discount_amount) as decimal(18, 4)) as discount_amount,
        cast(sum(dealings.return_amount) as decimal(18, 4)) as return_amount,
        cast(sum(dealings.net_amount) as decimal(18, 4)) as net_amount
    from profile.dealings
    where dealings.user_id is not null
    group by dealings.user_id

)

select
    users.user_id,
    coalesce(acts.event_count, 0) as event_count,  -- events of any kind but refunds
    coalesce(acts.distinct_item_count, 0) as distinct_item_count,  -- different items among them
    coalesce(acts.distinct_category_count, 0) as distinct_category_count,  -- different categories of these items
    acts.first_event_at,  -- the first of them, UTC
    acts.last_event_at,  -- the last of them, UTC
    coalesce(spent.order_count, 0) as order_count,  -- orders
    spent.first_order_on,  -- local day of the first order
    spent.last_order_on,  -- local day of the last order
    days_between(
        coalesce(spent.last_order_on, acts.last_event_on), clock.reference_on
    ) as recency_days,  -- days from the last order (without orders: event) to the reference date
    days_between(spent.first_order_on, spent.last_order_on) as active_span_days,  -- days from the first to the last order
    coalesce(spent.gross_amount, 0) as gross_amount,
    coalesce(spent.discount_amount, 0) as discount_amount,
    coalesce(spent.return_amount, 0) as return_amount,
    coalesce(spent.net_amount, 0) as net_amount,
    share_of(spent.discount_amount, spent.gross_amount) as discount_share,  -- of the gross amount, what discounts took off
    share_of(spent.return_amount, spent.gross_amount - spent.discount_amount)
        as return_share  -- of what was paid, what was paid back; at most 1
from profile.users
cross join profile.clock
left join acts
    on acts.user_id = users.user_id
left join spent
    on spent.user_id = users.user_id

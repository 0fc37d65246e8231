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
        min(interactions.occurred_at) as first_event_at,
        max(interactions.occurred_at) as last_event_at,
        max(interactions.occurred_on) as last_event_on
    from staging.interactions
    where interactions.fate = 'used'
        and interactions.event_type <> 'refund'
    group by interactions.user_id

),

bought as (

    select
        orders.user_id,
        count(*) as order_count,
        min(orders.ordered_on) as first_order_on,
        max(orders.ordered_on) as last_order_on,
        sum(orders.net_amount) as net_amount,
        sum(orders.discount_amount) as discount_amount,
        sum(orders.gross_amount) as gross_amount,
        sum(orders.return_amount) as return_amount
    from staging.orders
    where orders.user_id is not null
    group by orders.user_id

),

unmatched as (

    select
        lines.user_id,
        sum(lines.return_amount) as return_amount
    from staging.order_lines as lines
    where lines.order_id is null
        and lines.user_id is not null
    group by lines.user_id

)

select
    users.user_id,
    coalesce(acts.event_count, 0) as event_count,  -- events of any kind but refunds
    coalesce(acts.distinct_item_count, 0) as distinct_item_count,  -- different items among them
    acts.first_event_at,  -- the first of them, UTC
    acts.last_event_at,  -- the last of them, UTC
    coalesce(bought.order_count, 0) as order_count,  -- orders
    bought.first_order_on,  -- local day of the first order
    bought.last_order_on,  -- local day of the last order
    days_between(
        coalesce(bought.last_order_on, acts.last_event_on), clock.reference_on
    ) as recency_days,  -- days from the last order (without orders: event) to the reference date
    days_between(bought.first_order_on, bought.last_order_on) as active_span_days,  -- days from the first to the last order
    cast(coalesce(bought.gross_amount, 0) as decimal(18, 4)) as gross_amount,
    cast(coalesce(bought.discount_amount, 0) as decimal(18, 4)) as discount_amount,
    cast(
        coalesce(bought.return_amount, 0) + coalesce(unmatched.return_amount, 0) as decimal(18, 4)
    ) as return_amount,
    cast(
        coalesce(bought.net_amount, 0) - coalesce(unmatched.return_amount, 0) as decimal(18, 4)
    ) as net_amount
from profile.users
cross join profile.clock
left join acts
    on acts.user_id = users.user_id
left join bought
    on bought.user_id = users.user_id
left join unmatched
    on unmatched.user_id = users.user_id

/*
What the value models need to know of each customer: how often, until when, seen for how long.

The papers call it frequency, recency and T: orders after the first, the customer's age at
the last one, and the age today. Age is counted in weeks from the first order. The value of
an order is told by the repeat orders alone, since the first one is often of another kind.
Whoever orders at almost the same interval each time has a contract or a standing order:
for those no model of free decisions holds.

grain: viewpoint, user_id
check: active_weeks <= observed_weeks
*/
with

followed as (

    select
        viewpoints.viewpoint,
        viewpoints.seen_until_on,
        order_days.user_id,
        order_days.ordered_on,
        order_days.order_day_amount,
        lag(order_days.ordered_on) over (
            partition by viewpoints.viewpoint, order_days.user_id
            order by order_days.ordered_on
        ) as previous_on
    from value.order_days
    inner join value.viewpoints
        on order_days.ordered_on <= viewpoints.seen_until_on

),

gaps as (

    select
        followed.viewpoint,
        followed.user_id,
        min(followed.seen_until_on) as seen_until_on,
        min(followed.ordered_on) as first_on,
        max(followed.ordered_on) as last_on,
        count(followed.previous_on) as repeat_count,
        sum(followed.order_day_amount) filter (where followed.previous_on is not null)
            as repeat_amount,
        sum(days_between(followed.previous_on, followed.ordered_on)) as gap_sum,
        sum(
            days_between(followed.previous_on, followed.ordered_on)
            * days_between(followed.previous_on, followed.ordered_on)
        ) as gap_square_sum
    from followed
    group by followed.viewpoint, followed.user_id

)

select
    gaps.viewpoint,
    gaps.user_id,
    gaps.first_on as first_order_day_on,  -- the first day with an order that counts for value
    gaps.last_on as last_order_day_on,  -- the last one
    gaps.repeat_count as repeat_order_count,  -- later days with an order: frequency, x in the papers
    days_between(gaps.first_on, gaps.last_on) / 7.0 as active_weeks,  -- weeks from the first order to the last: t_x
    days_between(gaps.first_on, gaps.seen_until_on) / 7.0 as observed_weeks,  -- weeks from the first order on: T
    cast(gaps.gap_sum as double) / nullif(gaps.repeat_count, 0)
        as average_days_between_orders,  -- days from the first to the last order, per order after the first
    cast(gaps.repeat_amount / nullif(gaps.repeat_count, 0) as decimal(18, 4))
        as mean_repeat_amount,  -- net amount of a day with a repeat order, on average
    coalesce(
        gaps.repeat_count >= {{ clockwork_min_gaps }}
        and gaps.repeat_count * cast(gaps.gap_square_sum as double)
            <= (1 + power({{ clockwork_variation }}, 2)) * power(cast(gaps.gap_sum as double), 2),
        false
    ) as is_clockwork  -- true: all gaps are almost the same, as with a contract
from gaps

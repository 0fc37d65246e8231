/*
Recency, frequency and net amount of every customer, before they are scored.

Recency counts back to the last order at all. Frequency and net amount count what lies
within the window, so that a good customer of long ago does not stay one for ever; an order
without a date counts as within. Money back counts even where no purchase was found for it.

grain: user_id
check: frequency >= 0
*/
with

dealings as (

    select orders.user_id, orders.order_id, orders.ordered_on, orders.net_amount
    from staging.orders
    union all
    select lines.user_id, lines.order_id, lines.ordered_on, lines.net_amount
    from staging.order_lines as lines
    where lines.order_id is null

),

windowed as (

    select
        dealings.user_id,
        count(dealings.order_id) as frequency,
        sum(dealings.net_amount) as monetary_amount
    from dealings
    cross join profile.clock
    where dealings.user_id is not null
        and coalesce(dealings.ordered_on > clock.reference_on - {{ rfm_window_days }}, true)
    group by dealings.user_id

)

select
    activity.user_id,
    activity.recency_days,
    coalesce(windowed.frequency, 0) as frequency,  -- orders within the RFM window
    cast(coalesce(windowed.monetary_amount, 0) as decimal(18, 4)) as monetary_amount  -- net amount within the RFM window, reporting currency
from profile.user_activity as activity
inner join profile.users
    on users.user_id = activity.user_id
    and not users.is_excluded
left join windowed
    on windowed.user_id = activity.user_id
where activity.order_count > 0

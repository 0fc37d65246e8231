/*
Recency, frequency and net amount of every customer, each scored from 1 to 5.

Frequency goes by fixed numbers of orders, because half of all customers buy once and
quantiles would tear equals apart. Recency and net amount go by fifths of all customers;
equal customers get equal scores, since only those strictly behind count. Who spent
nothing, or had it all refunded, scores 1 and is flagged. Money back counts even where no
purchase was found for it.

grain: user_id
check: r_score between 1 and 5
check: f_score between 1 and 5
check: m_score between 1 and 5
cite: Hughes (1994), Strategic Database Marketing
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

),

customers as (

    select
        activity.user_id,
        activity.recency_days,
        coalesce(windowed.frequency, 0) as frequency,
        cast(coalesce(windowed.monetary_amount, 0) as decimal(18, 4)) as monetary_amount
    from profile.user_activity as activity
    inner join profile.users
        on users.user_id = activity.user_id
        and not users.is_excluded
    left join windowed
        on windowed.user_id = activity.user_id
    where activity.order_count > 0

),

placed as (

    select
        customers.user_id,
        customers.recency_days,
        customers.frequency,
        customers.monetary_amount,
        rank() over (order by customers.recency_days desc nulls first) - 1 as behind_in_recency,
        rank() over (order by customers.monetary_amount) - 1 as behind_in_amount,
        count(*) over () as total
    from customers

)

select
    placed.user_id,
    placed.recency_days,
    placed.frequency,  -- orders within the RFM window
    placed.monetary_amount,  -- net amount within the RFM window, reporting currency
    1 + cast(floor(5.0 * placed.behind_in_recency / nullif(placed.total, 0)) as integer)
        as r_score,  -- 1 to 5; 5: among the fifth who ordered last
    1 + cast(len(list_filter(
        {{ rfm_frequency_from }}, lambda bound: placed.frequency >= bound
    )) as integer) as f_score,  -- 1 to 5 by number of orders
    case
        when placed.monetary_amount <= 0 then 1
        else 1 + cast(floor(5.0 * placed.behind_in_amount / nullif(placed.total, 0)) as integer)
    end as m_score,  -- 1 to 5; 5: among the fifth with the highest net amount
    placed.monetary_amount <= 0 as is_without_revenue  -- true: nothing was earned in the window
from placed

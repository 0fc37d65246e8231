/*
Users who ordered once and have let the time pass in which others come back.

Others' time to the second order is the measure: after half a year nobody is late in a furniture
shop, after two months everybody is in a supermarket. Who sent everything back is none of them,
and after a year it is no use asking. Who ordered in the first weeks of the data may be an old
customer and is left out.

grain: user_id
label: One-time buyer
priority: 50
objective: Find out what kept them from coming back, and win the second order late rather than
    never.
offer: What goes with the one thing they have, at a price for this once; beside it a single
    question, how it was.
message: A while ago you chose this; did it do what it should?
channel: E-mail; a card with a code where only the address is known.
contact: email, post, sms, store
timing: Once when they enter this segment and once two months later, then only the newsletter.
measure: Share with a second order within 60 days, against the control group; and what the single
    question was answered with.
param: once_max_days = 365 (days from the only order up to which it is worth asking again [1 or
    more])
*/
with

waiting as (

    select
        activity.user_id,
        activity.recency_days,
        activity.net_amount,
        waited.second_order_days
    from profile.user_activity as activity
    inner join profile.users
        on users.user_id = activity.user_id
        and not users.is_excluded
    cross join segment.second_orders as waited
    where activity.active_span_days = 0
        and activity.net_amount > 0
        and activity.recency_days > waited.second_order_days
        and activity.recency_days <= {{ once_max_days }}
        and activity.first_order_on >= waited.history_from_on + waited.second_order_days

)

select
    waiting.user_id,
    waiting.recency_days,  -- days since the only order
    waiting.second_order_days,  -- days is how long a second one is waited for
    count(gaps.user_id) / cast(
        (select nullif(count(*), 0) from profile.order_gaps as gaps where gaps.gap_no = 1) as double
    ) as returned_share,  -- of those who came back had done so by then
    waiting.net_amount  -- net on that order
from waiting
left join profile.order_gaps as gaps
    on gaps.gap_no = 1
    and gaps.gap_days <= waiting.recency_days
group by waiting.user_id, waiting.recency_days, waiting.second_order_days, waiting.net_amount

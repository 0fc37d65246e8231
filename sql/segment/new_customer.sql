/*
Users who placed their first order lately, while a second one is still to be expected.

How long that is depends on the shop: it is the time within which most of those who came back
had come back. The data must reach back as long before the first order, or everybody would be
new in the first weeks of the data.

grain: user_id
label: Newly won customer
priority: 20
objective: Use the first weeks: learn what they like and may be sent, and win the second order.
offer: A welcome that explains rather than sells, then what goes with the first order, then a
    small benefit on the second one that ends on a date.
channel: A series of three e-mails; a card in the parcel or at the till where there is no
    address.
timing: Thanks on the day after; what goes with it after a week; the benefit when half of the
    days in the evidence have passed. Stop as soon as the second order is there.
param: new_return_share = 0.75 (of those who came back, the share whose time to the second order
    is waited for [0 to 1])
param: new_min_days = 30 (days that a customer is new at least, however fast others come back [1
    or more])
param: new_max_days = 90 (days that a customer is new at most, however long others take [1 or
    more])
*/
with

expected as (

    select
        cast(ceil(greatest(
            {{ new_min_days }},
            least({{ new_max_days }}, coalesce(quantile_of(gaps.gap_days, {{ new_return_share }}), 0))
        )) as integer) as second_order_days
    from profile.order_gaps as gaps
    where gaps.gap_no = 1

),

history as (

    select min(orders.ordered_on) as history_from_on
    from staging.orders

)

select
    activity.user_id,
    activity.first_order_on,  -- was the day of the first order
    case
        when activity.order_count = 1 then 'one order'
        else activity.order_count || ' orders'
    end as orders_in_words,  -- so far
    activity.net_amount,  -- net so far
    expected.second_order_days  -- days from then on a second order is to be expected
from profile.user_activity as activity
cross join profile.clock
cross join expected
cross join history
where activity.first_order_on >= clock.reference_on - expected.second_order_days
    and activity.first_order_on >= history.history_from_on + expected.second_order_days

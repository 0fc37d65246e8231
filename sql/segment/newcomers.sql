/*
Users who placed their first order lately, while a second one is still to be expected.

How long that is depends on the shop: it is the time within which most of those who came back
had come back. The data must reach back as long before the first order, or everybody would be
new in the first weeks of the data.

grain: user_id
check: second_order_days >= 1
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
    expected.second_order_days  -- days from the first order on within which a second one is to be expected
from profile.user_activity as activity
cross join profile.clock
cross join expected
cross join history
where activity.first_order_on >= clock.reference_on - expected.second_order_days
    and activity.first_order_on >= history.history_from_on + expected.second_order_days

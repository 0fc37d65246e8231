/*
How long a second order is waited for: one row, where anybody has ordered at all.

It is the time within which most of those who came back had come back, so it depends on the
shop, between a month and three by default.

grain: second_order_days
check: second_order_days >= 1
param: new_return_share = 0.75 (of those who came back, the share whose time to the second order
    is waited for [0 to 1])
param: new_min_days = 30 (days that a customer is new at least, however fast others come back [1
    or more])
param: new_max_days = 90 (days that a customer is new at most, however long others take [1 or
    more])
*/
with

returns as (

    select quantile_of(gaps.gap_days, {{ new_return_share }}) as return_days
    from profile.order_gaps as gaps
    where gaps.gap_no = 1

)

select
    cast(ceil(greatest(
        {{ new_min_days }}, least({{ new_max_days }}, coalesce(returns.return_days, 0))
    )) as integer) as second_order_days,  -- days from the first order on within which a second one is to be expected
    history.history_from_on
from returns
cross join profile.order_evidence as history
where history.history_from_on is not null

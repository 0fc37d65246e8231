/*
The days between each user's orders: her own rhythm, gap by gap.

What a user orders on one local day counts once, so that two receipts of one afternoon make
no gap of zero days. Orders without a date cannot be placed and are left out.

grain: user_id, gap_no
check: gap_days >= 1
*/
with

order_days as (

    select distinct
        orders.user_id,
        orders.ordered_on
    from staging.orders
    inner join profile.users
        on users.user_id = orders.user_id
        and not users.is_excluded
    where orders.ordered_on is not null

),

followed as (

    select
        order_days.user_id,
        order_days.ordered_on,
        lag(order_days.ordered_on) over (
            partition by order_days.user_id
            order by order_days.ordered_on
        ) as previous_on
    from order_days

)

select
    followed.user_id,
    row_number() over (
        partition by followed.user_id
        order by followed.ordered_on
    ) as gap_no,  -- the user's gaps counted from 1, her first
    days_between(followed.previous_on, followed.ordered_on) as gap_days,  -- days from one day with orders to the next
    followed.ordered_on as gap_ended_on  -- the day with orders that ended it
from followed
where followed.previous_on is not null

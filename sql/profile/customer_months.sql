/*
What each identified user spent in each local month.

A month without orders and refunds is no row. What guests spent is in no row: see
guest_net_amount of daily_sales.

grain: user_id, month_on
check: net_amount = gross_amount - discount_amount - return_amount
check: (select sum(net_amount) from profile.customer_months) = (
        select sum(net_amount) from profile.dealings
        where user_id is not null and ordered_on is not null
    ) -- the months do not add up to the order lines; please report this
*/
select
    dealings.user_id,
    month_of(dealings.ordered_on) as month_on,  -- first day of the local month
    count(dealings.order_id) as order_count,  -- orders
    cast(sum(dealings.quantity) as decimal(18, 4)) as quantity,
    cast(sum(dealings.gross_amount) as decimal(18, 4)) as gross_amount,
    cast(sum(dealings.discount_amount) as decimal(18, 4)) as discount_amount,
    cast(sum(dealings.return_amount) as decimal(18, 4)) as return_amount,
    cast(sum(dealings.net_amount) as decimal(18, 4)) as net_amount
from profile.dealings
where dealings.user_id is not null
    and dealings.ordered_on is not null
group by dealings.user_id, month_of(dealings.ordered_on)

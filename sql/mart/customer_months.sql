/*
What each identified user spent in each local month; months without orders and refunds have no row.

With what guests spent, guest_net_amount of daily_sales, the sum is the revenue.

grain: user_id, month_on
*/
select
    months.user_id,
    months.month_on,
    months.order_count,
    months.quantity,
    months.gross_amount,
    months.discount_amount,
    months.return_amount,
    months.net_amount
from profile.customer_months as months

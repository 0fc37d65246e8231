/*
How many of the customers won in a month come back in each month since, and what they spend.

The sum of the net amounts is that of all customers with an order. The latest month is
mostly not over yet: compare its rows with those that are.

grain: cohort_month_on, months_since_first
check: (select sum(net_amount) from mart.cohort_retention) = (
        select sum(net_amount) from profile.customer_months
        where user_id in (select user_id from staging.orders where ordered_on is not null)
    ) -- the cohorts do not add up to their customers' months; please report this
*/
select
    months.cohort_month_on,
    months.months_since_first,
    months.customer_count,
    months.active_count,
    months.active_count / cast(nullif(months.customer_count, 0) as double) as retention_share,  -- of the customers won in that month, those with an order in this one
    months.order_count,
    months.net_amount,
    month_after(months.cohort_month_on, months.months_since_first + 1)
        <= clock.reference_on + 1 as is_month_over  -- false: the data end within that month, so its numbers will grow
from profile.cohort_months as months
cross join profile.clock

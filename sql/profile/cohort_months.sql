/*
What the customers won in each month did in every month since.

A cohort are the users whose first order was in that month. Months in which none of them
ordered are rows too, up to the month of the reference date. A refund of before the first
order counts in the first month; whoever only got money back, and never ordered, is in no
cohort (in customer_months she is).

grain: cohort_month_on, months_since_first
check: active_count <= customer_count
check: months_since_first > 0 or active_count = customer_count
*/
with

firsts as (

    select
        months.user_id,
        min(months.month_on) as cohort_month_on
    from profile.customer_months as months
    where months.order_count > 0
    group by months.user_id

),

sized as (

    select
        firsts.cohort_month_on,
        count(*) as customer_count,
        whole_months(firsts.cohort_month_on, max(clock.reference_on)) as age_months
    from firsts
    cross join profile.clock
    group by firsts.cohort_month_on

),

spans as (

    select
        sized.cohort_month_on,
        sized.customer_count,
        each_of(numbers_to(sized.age_months)) as months_since_first
    from sized

),

spent as (

    select
        firsts.cohort_month_on,
        greatest(whole_months(firsts.cohort_month_on, months.month_on), 0) as months_since_first,
        count(distinct case when months.order_count > 0 then months.user_id end) as active_count,
        sum(months.order_count) as order_count,
        sum(months.net_amount) as net_amount
    from profile.customer_months as months
    inner join firsts
        on firsts.user_id = months.user_id
    group by
        firsts.cohort_month_on,
        greatest(whole_months(firsts.cohort_month_on, months.month_on), 0)

)

select
    spans.cohort_month_on,  -- month of the first order, its first day; the earliest holds all who were customers before the data begin
    spans.months_since_first,  -- months since then: 0 is that month itself
    spans.customer_count,  -- identified users who bought
    coalesce(spent.active_count, 0) as active_count,  -- those of them with an order in that month
    cast(coalesce(spent.order_count, 0) as bigint) as order_count,
    cast(coalesce(spent.net_amount, 0) as decimal(18, 4)) as net_amount
from spans
left join spent
    on spent.cohort_month_on = spans.cohort_month_on
    and spent.months_since_first = spans.months_since_first

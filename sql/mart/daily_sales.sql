/*
What was sold on each local day through each channel; days without sales have no row.

The sum over all rows is the revenue: guests are in it, and shown beside it. Money that
came back counts on the day on which it had been spent. Sales of sources without dates are
on no day; without a channel they count as `unknown`.

grain: sold_on, channel
check: net_amount = gross_amount - discount_amount - return_amount
check: (select sum(net_amount) from mart.daily_sales)
    = (select sum(net_amount) from profile.dealings where ordered_on is not null)
    -- the days do not add up to the order lines; please report this
*/
select
    dealings.ordered_on as sold_on,  -- the local day
    coalesce(dealings.channel, 'unknown') as channel,
    count(dealings.order_id) as order_count,  -- orders
    count(distinct case when dealings.order_id is not null then dealings.user_id end)
        as customer_count,  -- identified users who bought
    count(*) filter (where dealings.is_first_order) as new_customer_count,  -- customers whose first order it was
    count(dealings.order_id) filter (where dealings.user_id is null) as guest_order_count,  -- orders of nobody in particular
    cast(sum(dealings.quantity) as decimal(18, 4)) as quantity,
    cast(sum(dealings.gross_amount) as decimal(18, 4)) as gross_amount,
    cast(sum(dealings.discount_amount) as decimal(18, 4)) as discount_amount,
    cast(sum(dealings.return_amount) as decimal(18, 4)) as return_amount,
    cast(sum(dealings.net_amount) as decimal(18, 4)) as net_amount,
    cast(
        sum(case when dealings.user_id is null then dealings.net_amount else 0 end)
        as decimal(18, 4)
    ) as guest_net_amount  -- net amount of nobody in particular: in no customer's row of any table
from profile.dealings
where dealings.ordered_on is not null
group by dealings.ordered_on, coalesce(dealings.channel, 'unknown')

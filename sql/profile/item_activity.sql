/*
What happened to each item, in numbers; guests count here too.

Money that went back counts in the item's net amount; a refund that is a line of its own,
without order_line_no, is no purchase, even where it stands under an order.

grain: item_id
*/
with

sold as (

    select
        lines.item_id,
        count(distinct case when lines.order_line_no is not null then lines.user_id end)
            as customer_count,
        count(distinct case when lines.order_line_no is not null then lines.order_id end)
            as order_count,
        sum(lines.quantity) as quantity,
        sum(lines.net_amount) as net_amount,
        min(case when lines.order_line_no is not null then lines.ordered_on end) as first_order_on,
        max(case when lines.order_line_no is not null then lines.ordered_on end) as last_order_on
    from staging.order_lines as lines
    where lines.item_id is not null
    group by lines.item_id

),

buyers as (

    select
        lines.item_id,
        lines.user_id,
        count(distinct lines.order_id) as order_count
    from staging.order_lines as lines
    where lines.item_id is not null
        and lines.user_id is not null
        and lines.order_line_no is not null
    group by lines.item_id, lines.user_id

),

repeated as (

    select
        buyers.item_id,
        count(*) filter (where buyers.order_count > 1) as repeat_customer_count
    from buyers
    group by buyers.item_id

),

customers as (

    select count(*) as customer_total
    from profile.user_activity
    where user_activity.order_count > 0

)

select
    items.item_id,
    coalesce(sold.customer_count, 0) as customer_count,  -- identified users who bought
    coalesce(
        sold.customer_count / cast(nullif(customers.customer_total, 0) as double), 0
    ) as penetration_share,  -- of all users with an order, those who bought it
    coalesce(sold.order_count, 0) as order_count,
    cast(coalesce(sold.quantity, 0) as decimal(18, 4)) as quantity,
    cast(coalesce(sold.net_amount, 0) as decimal(18, 4)) as net_amount,
    coalesce(
        repeated.repeat_customer_count / cast(nullif(sold.customer_count, 0) as double), 0
    ) as repeat_share,  -- of its customers, those who bought it in more than one order
    sold.first_order_on,
    sold.last_order_on
from profile.items
cross join customers
left join sold
    on sold.item_id = items.item_id
left join repeated
    on repeated.item_id = items.item_id

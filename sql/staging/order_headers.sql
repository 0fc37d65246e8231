/*
What the order sources say of an order as a whole, the newest row of each.

grain: header_group, source_order_id
*/
select
    coalesce(speakers.header_group, '*') as header_group,
    orders.order_id as source_order_id,  -- the order, as the source writes it
    case
        when not is_one_of(lower(orders.user_id), {{ no_user_ids }}) then orders.user_id
    end as own_id,  -- who acted, as the source writes it; words for nobody removed
    orders.id_type,
    orders.ordered_at,
    orders.order_discount_amount,
    orders.shipping_amount,
    orders.order_total_amount,
    orders.status,
    orders.coupon_code,
    orders.channel,
    orders.shop_id,
    orders.source,
    orders.source_row
from raw.orders
left join staging.order_speakers as speakers
    on speakers.source = orders.source
where orders.trouble_column is null
qualify row_number() over (
    partition by coalesce(speakers.header_group, '*'), orders.order_id
    order by orders.version_no desc nulls last, orders.source desc, orders.source_row desc
) = 1

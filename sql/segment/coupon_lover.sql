/*
Users who redeem coupons with far more of their orders than others do.

Where coupons lie in every letter-box, everybody uses one now and then: her part of orders with a
coupon is compared with that of all others, and it must be more than chance would make of it, by
two standard deviations of the binomial distribution. It needs `coupon_code` in the
interactions or the orders: a discount alone says not who cut it out.

grain: user_id
label: Coupon lover
priority: 35
objective: Let a coupon earn something: a larger basket, a new category, a day when the shop is
    empty.
offer: Personal coupons with a threshold above their average order, or for a category that they
    do not buy yet; none for what they buy at full price.
message: Your coupon is waiting, for something you have not tried yet.
channel: The coupon booklet, app wallet or e-mail, whichever they redeemed last.
contact: app, email, store, post
timing: A few days before the usual order, valid for a week; the next one only when it is redeemed.
measure: Net amount less coupons within 60 days, against the control group; coupons redeemed in
    categories that are new to them.
param: coupon_min_orders = 5 (orders a user needs before her coupons say something of her [1 or
    more])
param: coupon_factor = 2.0 (times the usual part of orders with a coupon that it takes [1 or
    more])
param: coupon_deviations = 2.0 (standard deviations by which that must be more than chance would
    make of what is usual [0 or more])
*/
with

redeemed as (

    select distinct purchase_orders.order_id
    from staging.purchase_orders
    inner join staging.interactions
        on interactions.source = purchase_orders.source
        and interactions.source_row = purchase_orders.source_row
    where interactions.coupon_code is not null

),

counted as (

    select
        orders.user_id,
        count(*) as order_count,
        count(redeemed.order_id) as coupon_order_count,
        sum(count(*)) over () - count(*) as other_order_count,
        sum(count(redeemed.order_id)) over () - count(redeemed.order_id) as other_coupon_count
    from staging.orders
    inner join profile.users
        on users.user_id = orders.user_id
        and not users.is_excluded
    left join redeemed
        on redeemed.order_id = orders.order_id
    group by orders.user_id

),

compared as (

    select
        counted.user_id, counted.order_count, counted.coupon_order_count,
        counted.coupon_order_count / nullif(cast(counted.order_count as double), 0) as coupon_share,
        counted.other_coupon_count
            / cast(nullif(counted.other_order_count, 0) as double) as usual_share
    from counted

)

select
    compared.user_id,
    compared.coupon_share,  -- of the orders with a coupon
    compared.usual_share,  -- is usual with others
    compared.order_count  -- orders
from compared
where compared.order_count >= {{ coupon_min_orders }}
    and compared.coupon_order_count > 0
    and compared.coupon_share >= {{ coupon_factor }} * compared.usual_share
    and compared.coupon_share - compared.usual_share >= {{ coupon_deviations }} * sqrt(
        compared.usual_share * (1 - compared.usual_share) / nullif(compared.order_count, 0)
    )

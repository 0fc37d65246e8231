/*
Users who pay less than others do for the same kinds of things.

A plain discount share would call everybody a bargain hunter who buys what is always on offer.
So it is compared with what the others got taken off in the categories she buys, in the
proportion in which she buys them. Categories that nobody else buys are left out, for there
is nothing to compare with.

grain: user_id
label: Bargain hunter
priority: 30
objective: Sell what has to go, and stop giving away margin on what they would buy anyway.
offer: Clearance, multi-buys, last season, new store brands at an opening price. No vouchers on
    top of that, and no discount on what they buy at full price.
message: Down in price from today, as long as there is any.
channel: App or e-mail with the price in the subject line; the offer leaflet.
contact: app, email, sms, store
timing: On the day an offer starts and again on its last day; nothing in between.
measure: Margin per head within 60 days, against the control group; pieces of what had to go.
param: bargain_min_orders = 3 (orders a user needs before her discounts say something of her [1
    or more])
param: bargain_factor = 1.25 (times the usual discount share from which she is a bargain hunter
    [1 or more])
param: bargain_excess_share = 0.05 (by which her discount share must exceed the usual one
    besides [0 to 1])
*/
with

totals as (

    select
        bought.category,
        sum(bought.gross_amount) as gross_amount,
        sum(bought.discount_amount) as discount_amount
    from profile.user_categories as bought
    group by bought.category

),

compared as (

    select
        mine.user_id,
        mine.gross_amount,
        mine.discount_amount,
        cast(
            cast(mine.gross_amount as double) * (totals.discount_amount - mine.discount_amount)
            / nullif(totals.gross_amount - mine.gross_amount, 0) as decimal(18, 4)
        ) as usual_discount_amount
    from profile.user_categories as mine
    inner join totals
        on totals.category = mine.category
    where totals.gross_amount > mine.gross_amount

),

summed as (

    select
        compared.user_id,
        sum(compared.discount_amount)
            / cast(nullif(sum(compared.gross_amount), 0) as double) as discount_share,
        sum(compared.usual_discount_amount)
            / cast(nullif(sum(compared.gross_amount), 0) as double) as usual_discount_share
    from compared
    group by compared.user_id

)

select
    summed.user_id,
    least(summed.discount_share, 1) as discount_share,  -- was taken off the prices
    greatest(summed.usual_discount_share, 0) as usual_discount_share,  -- is usual for others in the same categories
    activity.order_count  -- orders
from summed
inner join profile.user_activity as activity
    on activity.user_id = summed.user_id
where activity.order_count >= {{ bargain_min_orders }}
    and summed.discount_share >= {{ bargain_factor }} * summed.usual_discount_share
    and summed.discount_share >= summed.usual_discount_share + {{ bargain_excess_share }}

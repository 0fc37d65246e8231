/*
Users who placed their first order lately, and from whom something was earned.

How long that counts as lately stands in segment.newcomers. Who sent everything back is to be
asked why rather than welcomed.

grain: user_id
label: Newly won customer
priority: 20
objective: Use the first weeks: learn what they like and may be sent, and win the second order.
offer: A welcome that explains rather than sells, then what goes with the first order, then a
    small benefit on the second one that ends on a date.
message: Good that you are here: this is how it works, and this goes with it.
channel: A series of three e-mails; a card in the parcel or at the till where there is no
    address.
contact: email, app, post, store
timing: Thanks on the day after; what goes with it after a week; the benefit when half of the
    days in the evidence have passed. Stop as soon as the second order is there.
measure: Share with a second order within the days in the evidence, against the control group.
*/
select
    activity.user_id,
    activity.first_order_on,  -- was the day of the first order
    case
        when activity.order_count = 1 then 'one order'
        else activity.order_count || ' orders'
    end as orders_in_words,  -- so far
    activity.net_amount,  -- net so far
    newcomers.second_order_days  -- days from then on a second order is to be expected
from segment.newcomers
inner join profile.user_activity as activity
    on activity.user_id = newcomers.user_id
where activity.net_amount > 0

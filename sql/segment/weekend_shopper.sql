/*
Users who come mostly at the weekend, and far more so than others do.

Two weekends of three visits may be chance, and where the shop is full on Saturdays anyway it
says nothing: so the visits must be more than chance would make of the others' part, by two
standard deviations of the binomial distribution.

grain: user_id
label: Weekend shopper
priority: 60
objective: Be ready when they come, and make one weekend visit a little larger.
offer: What takes time and company, such as recipes for guests, projects, family packs; reserve
    it online on Friday and pick it up on Saturday.
message: Plan the weekend: reserve today, and it stands ready on Saturday.
channel: App message or e-mail; signs and tastings in the shop, where they are on these days.
contact: app, email, sms, store
timing: On Thursday evening, when the weekend is planned; never on a Monday.
measure: Net amount per weekend within 60 days, against the control group.
param: weekend_min_days = 4 (days with orders that a user needs before they say something of her
    [1 or more])
param: weekend_min_share = 0.6 (of her days with orders, the part that must be on a weekend [0 to
    1])
param: weekend_deviations = 2.0 (standard deviations by which that must be more than chance would
    make of what is usual [0 or more])
*/
select
    weekends.user_id,
    weekends.weekend_share,  -- of the days with orders were on a weekend
    weekends.usual_weekend_share,  -- is usual with others
    weekends.order_day_count  -- days with orders
from profile.weekends
where weekends.order_day_count >= {{ weekend_min_days }}
    and weekends.weekend_share >= {{ weekend_min_share }}
    and weekends.weekend_share > weekends.usual_weekend_share
    and weekends.weekend_share - weekends.usual_weekend_share >= {{ weekend_deviations }} * sqrt(
        weekends.usual_weekend_share * (1 - weekends.usual_weekend_share)
        / nullif(weekends.order_day_count, 0)
    )

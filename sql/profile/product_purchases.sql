/*
How often and when each user bought each product.

Variants are one product: who takes the other yogurt this time has bought yogurt again.

grain: user_no, kin_no
*/
select
    days.user_no,
    days.kin_no,
    count(distinct days.bought_on) as purchase_count,  -- days on which the user bought the product
    min(days.bought_on) as first_bought_on,  -- the first of them
    max(days.bought_on) as last_bought_on  -- the last of them
from profile.purchase_days as days
group by days.user_no, days.kin_no

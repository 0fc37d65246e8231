/*
How well each user usually rates: what she likes is what she rates at least as well.

Some give nothing below four stars, others hardly ever five, so no fixed number of stars
says who likes what.

grain: user_no
*/
select
    user_item.user_no,
    avg(user_item.strength) as usual_strength  -- mean of the user's newest ratings
from profile.user_item
where user_item.rating_count > 0
group by user_item.user_no

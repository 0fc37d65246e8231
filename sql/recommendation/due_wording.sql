/*
When something is due, in words for a mail to the user.

That she buys it every so many days is said of her own mean gap, and only where she has gaps
enough to have a rhythm (`rhythm_own_gaps`). Otherwise the product's rhythm is named, and as
what is usual, since it tells of other people. A day that has passed is told as past.

grain: user_no, item_no
*/
select
    due.user_no,
    due.item_no,
    case
        when due.own_gap_days < 1.5 then 'you buy it about every day, last on '
        when due.own_gap_days is not null
            then 'you buy it about every '
                || cast(cast(round(due.own_gap_days) as bigint) as varchar) || ' days, last on '
        when due.product_gap_days < 1.5
            then 'usually bought again after about a day; you bought it on '
        else 'usually bought again after about '
            || cast(cast(round(due.product_gap_days) as bigint) as varchar)
            || ' days; you bought it on '
    end || day_in_words(due.last_bought_on)
        || case
            when due.expected_on < clock.reference_on
                then ', and it was due on ' || day_in_words(due.expected_on)
            else ''
        end as due_reason  -- rhythm and last purchase in words
from recommendation.due
cross join profile.clock

/*
When something is due, in words for a mail to the user.

grain: user_no, item_no
*/
select
    due.user_no,
    due.item_no,
    'you buy it about every '
        || case
            when due.usual_gap_days < 1.5 then 'day'
            else cast(cast(round(due.usual_gap_days) as bigint) as varchar) || ' days'
        end
        || ', last on ' || day_in_words(due.last_bought_on) as due_reason  -- rhythm and last purchase in words
from recommendation.due

/*
Who is grouped: everybody with an order, but for those who are excluded.

grain: user_no
*/
select
    users.user_no,
    users.user_id
from profile.users
inner join profile.user_activity as activity
    on activity.user_id = users.user_id
    and activity.order_count > 0
where not users.is_excluded

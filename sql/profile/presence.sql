/*
How present each item still is to each user who has had to do with it.

It fades from her last event with it on, so that last year's bestseller gives way to this
year's, in the chart of everybody and in that of a group. Excluded users have no part in it.

grain: user_no, item_no
kind: view
*/
select
    user_item.user_no,
    user_item.item_no,
    cast(
        share_left(user_item.last_event_at, clock.reference_at, {{ popularity_half_life_days }})
        as decimal(18, 12)
    ) as presence  -- 1 at the last event or where no half-life is set, half after each half-life
from profile.user_item
cross join profile.clock
inner join profile.users
    on users.user_no = user_item.user_no
where not users.is_excluded

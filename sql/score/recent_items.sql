/*
Which part of the users of late had to do with each item of late.

Not of all users but of those who came at all in these days, so that it tells what is in demand now,
also in a quiet season.

grain: item_no
*/
with

latest as (

    select
        user_item.user_no,
        user_item.item_no
    from profile.user_item
    cross join profile.clock
    inner join profile.users
        on users.user_no = user_item.user_no
        and not users.is_excluded
    where share_left(user_item.last_event_at, clock.reference_at, {{ recent_days }}) >= 0.5
        and user_item.last_event_at is not null

),

everybody as (

    select count(distinct latest.user_no) as user_count
    from latest

)

select
    latest.item_no,
    round(cast(count(*) as double) / nullif(any_value(everybody.user_count), 0), 9) as recent_share  -- share of the users of late who had to do with it of late
from latest
cross join everybody
group by latest.item_no

/*
How popular each item is now: the share of users who have had to do with it of late.

A user counts for less the longer ago her last event with the item is. Items that nobody
touched have no row.

grain: item_no
check: popularity_share > 0
*/
with

everybody as (

    select count(*) as user_count
    from profile.users
    where not users.is_excluded

)

select
    presence.item_no,
    round(
        cast(sum(presence.presence) as double) / nullif(any_value(everybody.user_count), 0), 9
    ) as popularity_share  -- share of all users, or of those of a group; who came long ago counts less
from profile.presence
cross join everybody
group by presence.item_no
having sum(presence.presence) >= 0.000000001 * any_value(everybody.user_count)

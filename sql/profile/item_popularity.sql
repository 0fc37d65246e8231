/*
How popular each item is now: the share of users who have had to do with it of late.

A user counts for less the longer ago her last event with the item is, so that last year's
bestseller gives way to this year's. Items that nobody touched have no row.

grain: item_no
check: popularity_share > 0
*/
with

faded as (

    select
        user_item.item_no,
        cast(
            share_left(user_item.last_event_at, clock.reference_at, {{ popularity_half_life_days }})
            as decimal(18, 12)
        ) as presence
    from profile.user_item
    cross join profile.clock
    inner join profile.users
        on users.user_no = user_item.user_no
    where not users.is_excluded

),

everybody as (

    select count(*) as user_count
    from profile.users
    where not users.is_excluded

)

select
    faded.item_no,
    round(
        cast(sum(faded.presence) as double) / nullif(any_value(everybody.user_count), 0), 9
    ) as popularity_share  -- of all users; who came long ago counts less
from faded
cross join everybody
group by faded.item_no
having sum(faded.presence) >= 0.000000001 * any_value(everybody.user_count)

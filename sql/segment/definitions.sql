/*
How each segmentation and each rule was defined on each day on which segments were known.

The days are those that history knows. A definition is a fingerprint of the SQL, with its
values, that leads from the rows read to the segment: where it differs from that of the day
before, people may have moved because of it. Of several refreshes of one day the last counts. A
refresh that looks back beyond a day that is known already adds nothing to history.

grain: run_id, known_on, seat
kind: history
*/
with

seats as (

    select distinct
        case
            when strategies.segmentation = 'rules' then strategies.segment
            else strategies.segmentation
        end as seat
    from segment.strategies

)

select
    cast({{ run_id }} as bigint) as run_id,  -- the refresh
    clock.known_on,
    seats.seat,  -- what holds one segment of a user at a time: a segmentation, or of the rules each by itself
    looked_up({{ definitions }}, seats.seat) as definition,  -- fingerprint of the SQL and the values that make it
    not exists (
        select earlier.run_id
        from segment.definitions as earlier
        where earlier.known_on < clock.known_on
    ) as is_first_day  -- true: no day before is known
from seats
cross join profile.clock
where not exists (
    select later.run_id
    from segment.definitions as later
    where later.run_id <> {{ run_id }}
        and later.known_on > clock.known_on
)

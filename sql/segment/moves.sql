/*
The changes of segments that count: of several refreshes of one day those of the last.

grain: known_on, user_id, seat
kind: view
*/
with

days as (

    select
        counted.known_on,
        max(counted.run_id) as run_id,
        lag(counted.known_on) over (order by counted.known_on) as since_on
    from segment.definitions as counted
    group by counted.known_on

)

select
    days.known_on,
    days.since_on,  -- the day before on which segments were known; empty: none
    changes.user_id,
    changes.segmentation,
    changes.seat,
    changes.segment,
    changes.previous_segment,
    changes.cause
from days
inner join segment.changes
    on changes.known_on = days.known_on
    and changes.run_id = days.run_id

/*
How many moved from which segment to which, from one day on which segments were known to the next.

Those who stayed are counted too: the rows of a day and a segmentation hold everybody who was in
a segment then or before.

grain: known_on, segmentation, from_segment, to_segment, cause
*/
with

moved as (

    select
        moves.known_on,
        moves.since_on,
        moves.segmentation,
        moves.previous_segment,
        moves.segment,
        moves.cause,
        count(*) as user_count
    from segment.moves
    group by
        moves.known_on, moves.since_on, moves.segmentation,
        moves.previous_segment, moves.segment, moves.cause

),

steps as (

    select moved.known_on, moved.segmentation, moved.segment, moved.user_count as came, 0 as went
    from moved
    where moved.segment is not null
    union all
    select moved.known_on, moved.segmentation, moved.previous_segment, 0, moved.user_count
    from moved
    where moved.previous_segment is not null

),

days as (

    select
        counted.known_on,
        lag(counted.known_on) over (order by counted.known_on) as since_on
    from segment.definitions as counted
    group by counted.known_on

),

stayed as (

    select
        days.known_on,
        days.since_on,
        steps.segmentation,
        steps.segment,
        sum(case when steps.known_on < days.known_on then steps.came else 0 end)
            - sum(steps.went) as user_count
    from days
    inner join steps
        on steps.known_on <= days.known_on
    group by days.known_on, days.since_on, steps.segmentation, steps.segment

)

select
    moved.known_on,
    moved.since_on,
    moved.segmentation,
    coalesce(moved.previous_segment, '(none)') as from_segment,  -- the segment before; (none): in none of the segmentation, or not in this one of the rules
    coalesce(moved.segment, '(none)') as to_segment,  -- the segment after; (none): as before
    moved.cause,
    moved.user_count as transition_count  -- users who moved from the one to the other, or stayed
from moved
union all
select
    stayed.known_on,
    stayed.since_on,
    stayed.segmentation,
    stayed.segment,
    stayed.segment,
    'stayed',
    stayed.user_count
from stayed
where stayed.user_count > 0

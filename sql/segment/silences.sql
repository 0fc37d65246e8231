/*
From which segment to which only silence leads, whatever else somebody did in between.

An order makes nobody slower, nor her last order older. So who goes on to a more silent stage of
life, or from an RFM segment of the recent to one of those who are not, is moved there by the time
since her last order, though she may have ordered since that was last looked at.

grain: previous_segment, segment
*/
with

recencies as (

    select
        names.segment,
        min(names.r_from) as least_r_score,
        max(names.r_to) as most_r_score
    from segment.rfm_names as names
    group by names.segment

)

select
    earlier.segment as previous_segment,  -- the segment before; empty: none
    later.segment  -- the segment's name
from segment.lifecycle_names as earlier
inner join segment.lifecycle_names as later
    on later.is_silent
    and later.stage_no > earlier.stage_no
union all
select
    earlier.segment as previous_segment,
    later.segment
from recencies as earlier
inner join recencies as later
    on later.most_r_score < earlier.least_r_score

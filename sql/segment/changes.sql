/*
Who came into which segment and left which, on each day on which segments were known, and why.

Only changes are kept. Why: she did something since the day before (unless only silence leads from
the one to the other); else the definition changed; else by that day's cut-offs she would be where
she was; else time has passed, and with it what is usual for others.

grain: run_id, known_on, user_id, seat
kind: history
*/
with

counted as (

    select known.known_on, max(known.run_id) as run_id
    from segment.definitions as known
    inner join profile.clock on clock.known_on > known.known_on
    group by known.known_on

),

before as (

    select earlier.user_id, earlier.segmentation, earlier.seat, earlier.segment
    from segment.changes as earlier
    inner join counted
        on counted.known_on = earlier.known_on and counted.run_id = earlier.run_id
    qualify 1 = rank() over (
        partition by earlier.user_id, earlier.seat order by earlier.known_on desc)

),

now as (

    select
        held.user_id, held.segmentation,
        case held.segmentation when 'rules' then held.segment else held.segmentation end as seat,
        held.segment
    from segment.memberships as held

),

today as (

    select distinct definitions.run_id, definitions.known_on, definitions.is_first_day
    from segment.definitions
    where definitions.run_id = {{ run_id }}

),

moved as (

    select
        coalesce(now.segmentation, before.segmentation) as segmentation,
        coalesce(now.user_id, before.user_id) as user_id, coalesce(now.seat, before.seat) as seat,
        now.segment, cast(before.segment as varchar) as previous_segment
    from now
    full join before
        on before.user_id = now.user_id and before.seat = now.seat
    where now.segment is distinct from before.segment

)

select
    today.run_id,
    today.known_on,
    moved.user_id,
    moved.segmentation,
    moved.seat,
    moved.segment,
    moved.previous_segment,  -- the segment before; empty: none
    case
        when today.is_first_day then 'first known'
        when redefined.is_new_seat then 'rule'
        when actors.user_id is not null and silences.segment is null then 'behaviour'
        when redefined.seat is not null then 'rule'
        when rfm.segment_by_last_cut_offs = moved.previous_segment then 'cut-offs'
        else 'time passing'
    end as cause  -- first known, behaviour (an order or a refund), rule (its definition changed), cut-offs (of RFM) or time passing
from moved
cross join today
left join segment.redefined
    on redefined.seat = moved.seat
left join segment.actors
    on actors.user_id = moved.user_id
left join segment.silences
    on silences.previous_segment = moved.previous_segment
    and silences.segment = moved.segment
left join segment.rfm
    on rfm.user_id = moved.user_id and moved.seat = 'rfm'

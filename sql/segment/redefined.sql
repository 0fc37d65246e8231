/*
Which segmentations and rules are defined otherwise than on the last day that history knows.

Those that are new, and those that are gone, are among them. On the first day nothing is.

grain: seat
*/
with

days as (

    select
        definitions.known_on,
        definitions.run_id,
        definitions.seat,
        definitions.definition,
        definitions.run_id = {{ run_id }} as is_now
    from segment.definitions
    inner join profile.clock
        on clock.known_on > definitions.known_on
        or definitions.run_id = {{ run_id }}
    qualify rank() over (
        partition by definitions.run_id = {{ run_id }}
        order by definitions.known_on desc, definitions.run_id desc
    ) = 1

),

compared as (

    select
        coalesce(now.seat, before.seat) as seat,
        before.seat is null as is_new_seat
    from (select days.seat, days.definition from days where days.is_now) as now
    full join (select days.seat, days.definition from days where not days.is_now) as before
        on before.seat = now.seat
    where before.seat is null
        or now.definition is distinct from before.definition

)

select
    compared.seat,
    compared.is_new_seat  -- true: it was not there on the day before
from compared
where exists (select days.seat from days where not days.is_now)

/*
Up to which day each source of events reached, in each refresh.

What a source tells of later days, or a source that was not there, is news at the next refresh,
also where another source had come further.

grain: run_id, known_on, source
kind: history
*/
select
    cast({{ run_id }} as bigint) as run_id,  -- the refresh
    clock.known_on,
    reconciliation.source,
    reconciliation.data_through_on
from staging.reconciliation
cross join profile.clock
where reconciliation.input = 'interactions'

/*
The reconciliation of every published refresh: shows when a source shrank or stopped.

grain: run_id, input, source
kind: history
*/
select
    cast({{ run_id }} as bigint) as run_id,  -- the refresh
    cast({{ run_at }} as timestamp) as run_started_at,  -- when it began, UTC
    reconciliation.input,
    reconciliation.source,
    reconciliation.read_count,
    reconciliation.used_count,
    reconciliation.unidentified_count,
    reconciliation.superseded_count,
    reconciliation.rejected_count,
    reconciliation.later_count,
    reconciliation.read_amount,
    reconciliation.used_amount,
    reconciliation.net_amount,
    reconciliation.data_through_on
from staging.reconciliation

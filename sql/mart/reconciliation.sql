/*
For every source: rows and money read, and where each of them went.

Money is in the reporting currency. Read is used, unidentified, superseded, rejected and
later; the last are events after as_of_on.

grain: input, source
*/
select
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
    reconciliation.unidentified_amount,
    reconciliation.superseded_amount,
    reconciliation.rejected_amount,
    reconciliation.later_amount,
    reconciliation.order_discount_amount,
    reconciliation.net_amount,
    reconciliation.data_through_on,
    reconciliation.is_late
from staging.reconciliation

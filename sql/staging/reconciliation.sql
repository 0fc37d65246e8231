/*
For every source: rows and money read, and where each of them went.

Money is line amounts less the lines' own discounts, refunds negative, in the reporting
currency. What was read is reckoned from the rows as they came, what became of it from the
rows as they were classified. Used and unidentified money, less the discounts on whole
orders, is what the order lines add up to. Of items and users superseded are the older copies
within a source; rows of several sources complement one another, and all of them are used.

grain: input, source
check: read_count = used_count + unidentified_count + superseded_count + rejected_count
    + later_count -- rows were lost on the way; please report this
check: read_amount = used_amount + unidentified_amount + superseded_amount + rejected_amount
    + later_amount -- money was lost on the way; please report this
check: net_amount = used_amount + unidentified_amount - order_discount_amount
    -- the order lines do not add up to what was read; please report this
check: (select coalesce(sum(net_amount), 0) from staging.order_lines)
    = (select sum(net_amount) from staging.reconciliation)
    -- refunds got lost between the lines; please report this
check: is_within_limit -- too much had to be rejected, most often: {commonest_reason}.
    `recsys show staging.rejected_rows` names file, row and reason: mend the mapping, or raise
    staging.max_rejected_share
check: input <> 'interactions' or (
        select sum(used_count + unidentified_count) from staging.reconciliation
        where input = 'interactions'
    ) > 0 -- not one event is left: is it the right file, does `where` leave out all, or is
    as_of_on before the first day?
check: warn not is_late -- its newest row is well older than the other sources': is an export missing?
check: warn read_count > 0 -- nothing was read of it: is it the right file, or does
    `where` leave out all?
check: warn rejected_count = 0 -- some rows could not be used, most often: {commonest_reason};
    rejected_rows has each
*/
select
    rows_read.input,
    rows_read.source,
    rows_read.read_count,
    coalesce(totals.used_count, rows_read.kept_count) as used_count,
    coalesce(totals.unidentified_count, 0) as unidentified_count,
    coalesce(
        totals.superseded_count,
        rows_read.read_count - rows_read.unusable_count - rows_read.kept_count
    ) as superseded_count,
    coalesce(
        totals.rejected_count + rows_read.unreadable_count, rows_read.unusable_count
    ) as rejected_count,
    coalesce(totals.later_count, 0) as later_count,
    cast(coalesce(amounts_read.read_amount, 0) as decimal(18, 4)) as read_amount,
    cast(coalesce(totals.used_amount, 0) as decimal(18, 4)) as used_amount,
    cast(coalesce(totals.unidentified_amount, 0) as decimal(18, 4)) as unidentified_amount,
    cast(coalesce(totals.superseded_amount, 0) as decimal(18, 4)) as superseded_amount,
    cast(coalesce(totals.rejected_amount, 0) as decimal(18, 4)) as rejected_amount,
    cast(coalesce(totals.later_amount, 0) as decimal(18, 4)) as later_amount,
    cast(coalesce(line_totals.order_discount_amount, 0) as decimal(18, 4)) as order_discount_amount,
    cast(coalesce(line_totals.net_amount, 0) as decimal(18, 4)) as net_amount,
    totals.data_through_on,
    coalesce(
        totals.data_through_on < max(totals.data_through_on) over () - {{ max_lag_days }}, false
    ) and not coalesce(totals.holds_only_refunds, false)
        as is_late,  -- true: its data end well before those of other sources; not of refunds, which are rare
    rows_read.unusable_count <= {{ max_rejected_share }} * rows_read.read_count
        and coalesce(totals.unsigned_rejected_amount, 0)
            <= {{ max_rejected_share }} * greatest(coalesce(totals.unsigned_amount, 0), 1)
        as is_within_limit,  -- false: more was rejected than the project allows
    reasons.rejected_for || ' (' || reasons.row_count || ')' as commonest_reason  -- why most of what was rejected could not be used
from staging.rows_read
left join staging.interaction_totals as totals
    on rows_read.input = 'interactions'
    and totals.source = rows_read.source
left join staging.rejection_reasons as reasons
    on reasons.input = rows_read.input
    and reasons.source = rows_read.source
    and reasons.reason_no = 1
left join staging.line_totals
    on rows_read.input = 'interactions'
    and line_totals.source = rows_read.source
left join staging.amounts_read
    on rows_read.input = 'interactions'
    and amounts_read.source = rows_read.source

/*
What is odd in the data, counted.

Nothing here stops a refresh, all of it may explain a number.

grain: finding, source
*/
with

found as (

    select
        'rejected' as finding,
        'rows that could not be used; rejected_rows has each with its reason' as meaning,
        rejected_rows.source,
        rejected_rows.trouble_reason
            || coalesce(' in ' || rejected_rows.trouble_column, '') as example,
        rejected_rows.rejected_no as found_row
    from staging.rejected_rows
    union all
    select
        'unreadable value', 'a value that could not be read; the row counts without it',
        unread_values.source, unread_values.gap_reason || ' in ' || unread_values.gap_column,
        unread_values.source_row
    from staging.unread_values
    union all
    select
        'superseded', 'older copies of a row that came again under the same key',
        interactions.source, 'row ' || interactions.source_row, interactions.source_row
    from staging.interactions
    where interactions.fate = 'superseded'
    union all
    select
        'unidentified', 'events of nobody in particular: in revenue and baskets, in no profile',
        interactions.source, 'row ' || interactions.source_row, interactions.source_row
    from staging.interactions
    where interactions.fate = 'unidentified'
    union all
    select
        'later', 'events after the as_of_on of the project: left out of everything',
        interactions.source, 'row ' || interactions.source_row, interactions.source_row
    from staging.interactions
    where interactions.fate = 'later'
    union all
    select
        findings.finding, findings.meaning, findings.source, findings.example, findings.source_row
    from staging.event_findings as findings
    union all
    select
        'unmatched refund', 'refunds for which no purchase was found: lines of their own',
        refunds.source, coalesce(refunds.item_id, refunds.order_id, 'row ' || refunds.source_row),
        refunds.source_row
    from staging.refunds
    where refunds.matched_by = 'unmatched'
    union all
    select
        'identical rows', 'kept, because two like lines can be two sales; a `key` would tell',
        identical_rows.source, concat_ws(' ', identical_rows.user_id, identical_rows.item_id),
        identical_rows.first_row
    from staging.identical_rows
    union all
    select findings.finding, findings.meaning, findings.source, findings.example, null
    from staging.order_findings as findings

)

select
    found.finding,
    min(found.meaning) as meaning,
    found.source,
    count(*) as row_count,  -- how often
    first_of(found.example, found.found_row, found.example) as example
from found
group by found.finding, found.source

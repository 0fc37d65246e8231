/*
Why rows of each source could not be used, the most frequent reason first.

grain: input, source, reason_no
*/
with

reasons as (

    select
        rejected_rows.input,
        rejected_rows.source,
        rejected_rows.trouble_reason
            || coalesce(' in ' || rejected_rows.trouble_column, '') as rejected_for,
        count(*) as row_count
    from staging.rejected_rows
    group by rejected_rows.input, rejected_rows.source, rejected_for

)

select
    reasons.input,
    reasons.source,
    row_number() over (
        partition by reasons.input, reasons.source
        order by reasons.row_count desc, reasons.rejected_for
    ) as reason_no,  -- 1: the most frequent
    reasons.rejected_for,  -- what was wrong, in which column of the source
    reasons.row_count  -- how often
from reasons

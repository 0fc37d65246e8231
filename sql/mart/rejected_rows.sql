/*
Every row that could not be used, with what was wrong with it.

What stands there is published for single columns of what is no personal data; all of it is in the
workspace: `recsys show staging.rejected_rows`.

grain: input, source, rejected_no
*/
select
    rejected_rows.input,
    rejected_rows.source,
    rejected_rows.rejected_no,
    rejected_rows.source_file,
    rejected_rows.source_row,
    rejected_rows.row_in_file,
    rejected_rows.file_line_no,
    rejected_rows.trouble_column,
    case
        when rejected_rows.file_line_no is null
            and rejected_rows.input not in ('users', 'identities', 'consents')
            then rejected_rows.trouble_value
    end as trouble_value,
    rejected_rows.trouble_reason
from staging.rejected_rows

/*
Every row that could not be used, with what was wrong with it.

grain: input, source, source_row, file_line_no
*/
select
    rejected_rows.input,
    rejected_rows.source,
    rejected_rows.source_file,
    rejected_rows.source_row,
    rejected_rows.row_in_file,
    rejected_rows.file_line_no,
    rejected_rows.trouble_column,
    rejected_rows.trouble_value,
    rejected_rows.trouble_reason
from staging.rejected_rows

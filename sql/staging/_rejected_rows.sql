/*
Every row that could not be used, with what was wrong with it.

Kept so that it can be mended at its origin: by file and row, with the value as it stands
there.

grain: input, source, source_row, file_line_no
*/
with

troubled as (

    {% for kind in kinds %}
    select
        {{ kind.name }} as input,
        rows_read.source,
        rows_read.source_file,
        rows_read.source_row,
        rows_read.source_row - min(rows_read.source_row) over (
            partition by rows_read.source, rows_read.source_file
        ) + 1 as row_in_file,
        rows_read.trouble_column,
        rows_read.trouble_value,
        rows_read.trouble_reason
    from {{ kind.table }} as rows_read
    qualify rows_read.trouble_column is not null
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}

)

select
    troubled.input,
    troubled.source,
    troubled.source_file,
    troubled.source_row,  -- number of the row in reading order, from 1, headers not counted; 0: see file_line_no
    troubled.row_in_file,  -- row of its file, from 1, headers and rows left out by `where` not counted
    0 as file_line_no,  -- line of the file that could not be read as a row, from 1, headers counted; 0: see row_in_file
    troubled.trouble_column,
    troubled.trouble_value,
    troubled.trouble_reason
from troubled
union all
select
    unreadable_lines.input,
    unreadable_lines.source,
    unreadable_lines.source_file,
    0 as source_row,
    null as row_in_file,
    unreadable_lines.file_line_no,
    unreadable_lines.trouble_column,
    unreadable_lines.trouble_value,
    unreadable_lines.trouble_reason
from raw.unreadable_lines

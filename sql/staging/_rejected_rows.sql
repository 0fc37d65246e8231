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
        rows_read.file_path,
        rows_read.source_row,
        rows_read.trouble_column,
        rows_read.trouble_value,
        rows_read.trouble_reason
    from {{ kind.table }} as rows_read
    where rows_read.trouble_column is not null
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}

),

beginnings as (

    {% for kind in kinds %}
    select
        {{ kind.name }} as input,
        rows_read.source,
        rows_read.file_path,
        min(rows_read.source_row) as first_row
    from {{ kind.table }} as rows_read
    group by rows_read.source, rows_read.file_path
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}

)

select
    troubled.input,
    troubled.source,
    files.source_file,
    troubled.source_row,  -- number of the row in reading order, from 1, headers not counted; 0: see file_line_no
    troubled.source_row - beginnings.first_row + 1 as row_in_file,  -- row of its file, counted from the first that `where` keeps
    0 as file_line_no,  -- line of the file that could not be read as a row, from 1, headers counted; 0: see row_in_file
    troubled.trouble_column,
    troubled.trouble_value,
    troubled.trouble_reason
from troubled
inner join beginnings
    on beginnings.input = troubled.input
    and beginnings.source = troubled.source
    and beginnings.file_path is not distinct from troubled.file_path
left join raw.files
    on files.input = troubled.input
    and files.source = troubled.source
    and files.file_path = troubled.file_path
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

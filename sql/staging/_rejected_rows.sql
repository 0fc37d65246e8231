/*
Every row that could not be used, with what was wrong with it.

Kept so that it can be mended at its origin: by file and row, with the value as it stands
there. A line of a csv that is no row at all has its line of the file instead.

grain: input, source, rejected_no
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

),

located as (

    select
        troubled.input, troubled.source, files.source_file, troubled.source_row,
        troubled.source_row - beginnings.first_row + 1 as row_in_file, null as file_line_no,
        troubled.trouble_column, troubled.trouble_value, troubled.trouble_reason
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
        lines.input, lines.source, lines.source_file, null, null, lines.file_line_no,
        lines.trouble_column, lines.trouble_value, lines.trouble_reason
    from raw.unreadable_lines as lines

)

select
    located.input,
    located.source,
    row_number() over (
        partition by located.input, located.source
        order by located.source_row nulls last, located.source_file, located.file_line_no
    ) as rejected_no,  -- the rejected rows of a source counted, from 1
    located.source_file,
    located.source_row,  -- number of the row in reading order, from 1, headers not counted; empty: see file_line_no
    located.row_in_file,  -- row of its file, counted from the first that `where` keeps; empty: see file_line_no
    located.file_line_no,  -- line of the file that could not be read as a row, from 1, headers counted; empty: see row_in_file
    located.trouble_column,
    located.trouble_value,
    located.trouble_reason
from located

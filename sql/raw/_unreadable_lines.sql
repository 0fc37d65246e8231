/*
Every line of a csv that could not be read as a row at all.

Too many or too few fields, an unclosed quote, bytes that are not in the stated encoding.
The engine notes them while it reads, so the tables of the sources come first.

grain: input, source, file_path, file_line_no
*/
with

-- joined with nothing: it makes the tables of the sources come first
rows_read as (

    {% for kind in kinds %}
    select {{ kind.name }} as input from {{ kind.table }}
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}

)

select
    files.input,  -- the kind of input: interactions, orders, items ...
    files.source,  -- the source's name in the project file
    files.file_path,  -- the path that is read
    files.source_file,  -- the file as the project file writes it, relative to its folder
    cast(unreadable.line as bigint) as file_line_no,  -- line of the file, from 1, headers counted
    unreadable.column_name as trouble_column,  -- the first column that cannot be used; empty: the row is sound
    unreadable.csv_line as trouble_value,  -- what stands in that column
    lower(cast(unreadable.error_type as varchar)) || ': ' || unreadable.error_message
        as trouble_reason  -- why it cannot be used
from temp.main.unreadable
inner join temp.main.unreadable_scan as scans
    on scans.scan_id = unreadable.scan_id
    and scans.file_id = unreadable.file_id
inner join raw.files
    on files.file_path = scans.file_path
qualify row_number() over (
    partition by files.input, files.source, files.file_path, unreadable.line
    order by unreadable.scan_id, unreadable.column_idx
) = 1

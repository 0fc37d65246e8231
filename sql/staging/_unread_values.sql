/*
Rows that count, although one of their values could not be read.

A price or a flag of an item says less than its name and category do: the row is kept
without it. Of several such values the first is named.

grain: input, source, source_row
*/
{% for kind in kinds %}
select
    {{ kind.name }} as input,  -- the kind of input: interactions, orders, items ...
    rows_read.source,
    rows_read.source_row,
    rows_read.gap_column,
    rows_read.gap_value,
    rows_read.gap_reason
from {{ kind.table }} as rows_read
where rows_read.gap_column is not null
    and rows_read.trouble_column is null
{% if not loop.last %}
union all
{% endif %}
{% endfor %}

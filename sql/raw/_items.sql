/*
Every row of the item sources.

Several rows of one item are settled in staging.

grain: source, source_row
*/
{% for input in inputs.items %}
select
    {{ input.name }} as source,  -- the source's name in the project file
    mapped.file_path,  -- the file that the row was read from; raw.files has its name
    mapped.source_row,  -- number of the row in reading order, from 1, headers not counted
    mapped.row_key,  -- what identifies the row in its source, if the project file says so
    mapped.version_no,  -- of rows with one key the highest version counts
    {% for column in input.columns %}
    mapped.{{ column.name }},  -- {{ column.comment }}
    {% endfor %}
    case
        {% for column in input.fallible %}
        when mapped.{{ column.name }} is null
            and (mapped.{{ column.text_name }} is not null or {{ column.is_needed }}) then {{ column.words }}
        {% endfor %}
        when false then ''
    end as trouble_column,  -- the first column that cannot be used; empty: the row is sound
    case
        {% for column in input.fallible %}
        when mapped.{{ column.name }} is null and mapped.{{ column.text_name }} is not null
            then mapped.{{ column.text_name }}
        when mapped.{{ column.name }} is null and {{ column.is_needed }} then null
        {% endfor %}
        when false then ''
    end as trouble_value,  -- what stands in that column
    case
        {% for column in input.fallible %}
        when mapped.{{ column.name }} is null and mapped.{{ column.text_name }} is not null
            then {{ column.reason }}
        when mapped.{{ column.name }} is null and {{ column.is_needed }} then 'missing'
        {% endfor %}
        when false then ''
    end as trouble_reason  -- why it cannot be used
from (

    select
        read.*,
        {% for column in input.parsed %}
        {{ column.value }} as {{ column.name }},
        {% endfor %}
    from (

        select
            {{ input.file }} as file_path,
            row_number() over () as source_row,
            {{ input.keep }} as is_kept,
            {{ input.row_key }} as row_key,
            {{ input.version }} as version_no,
            {% for column in input.plain %}
            {{ column.value }} as {{ column.name }},
            {% endfor %}
            {% for column in input.fallible %}
            {{ column.text }} as {{ column.text_name }},
            {% endfor %}
        from {{ input.relation }}

    ) as read
    where read.is_kept

) as mapped
{% if not loop.last %}
union all by name
{% endif %}
{% endfor %}

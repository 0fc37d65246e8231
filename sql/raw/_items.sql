/*
Every row of the item sources.

Several rows of one item are settled in staging.

grain: source, source_row
*/
{% for input in inputs.items %}
{% include "source_rows.part" %}
{% if not loop.last %}
union all
{% endif %}
{% endfor %}

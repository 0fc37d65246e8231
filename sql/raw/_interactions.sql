/*
Every row of the interaction sources, typed, as the project file maps it.

A row that cannot be used stays here with its first trouble; staging decides what becomes of it.

grain: source, source_row
*/
{% for input in inputs.interactions %}
{% include "source_rows.part" %}
{% if not loop.last %}
union all
{% endif %}
{% endfor %}

/*
Every row of the user sources, with the project's own attributes and contact data.

Personal data: this table never leaves the workspace.

grain: source, source_row
*/
{% for input in inputs.users %}
{% include "source_rows.part" %}
{% if not loop.last %}
union all
{% endif %}
{% endfor %}

/*
Every row that says for what and by which channel a user may be contacted.

What is not granted here is denied.

grain: source, source_row
*/
{% for input in inputs.consents %}
{% include "source_rows.part" %}
{% if not loop.last %}
union all
{% endif %}
{% endfor %}

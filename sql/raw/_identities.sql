/*
Every link between the ids that different systems give to one person.

Chains of links are followed in staging.

grain: source, source_row
*/
{% for input in inputs.identities %}
{% include "source_rows.part" %}
{% if not loop.last %}
union all
{% endif %}
{% endfor %}

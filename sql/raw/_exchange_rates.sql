/*
What one unit of a foreign currency is worth in the reporting currency.

A rate counts from valid_from until the next one of its currency.

grain: source, source_row
*/
{% for input in inputs.exchange_rates %}
{% include "source_rows.part" %}
{% if not loop.last %}
union all
{% endif %}
{% endfor %}

/*
Every row of the order sources: what is known of an order as a whole.

Discounts on the order and totals stand here; the lines are interactions.

grain: source, source_row
*/
{% for input in inputs.orders %}
{% include "source_rows.part" %}
{% if not loop.last %}
union all
{% endif %}
{% endfor %}

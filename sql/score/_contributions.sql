/*
What every source of every chosen scorer adds to the score of an item.

The reasons of a recommendation are read from here, for few users and items at a time.

grain: scorer, user_no, item_no, source_kind, source_no
kind: view
members: tables
weight: 0
*/
{% for member in members %}
select
    {{ member.name }} as scorer,  -- the scorer
    parts.user_no,
    parts.item_no,
    parts.source_kind,
    parts.source_no,
    parts.contribution
from {{ member.table }} as parts
{% if not loop.last %}
union all
{% endif %}
{% endfor %}

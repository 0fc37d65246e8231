/*
What every chosen scorer says about every user and item.

A scorer is a file of this folder with a label. It says what each of its sources, an item
that the user has, a similar user, a taste, adds to which item; its score is their sum.

grain: scorer, user_no, item_no
kind: view
members: tables
weight: 0
*/
{% for member in members %}
select
    {{ member.name }} as scorer,  -- the scorer
    parts.user_no,
    parts.item_no,
    sum(parts.contribution) as score  -- how much speaks for the item; only comparable within one list and source
from {{ member.table }} as parts
group by parts.user_no, parts.item_no
{% if not loop.last %}
union all
{% endif %}
{% endfor %}

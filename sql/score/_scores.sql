/*
What every chosen scorer says about every user and item.

A scorer is a file of this folder with a label; its weight says how much it counts.

grain: scorer, user_no, item_no
kind: view
members: tables
weight: 0
*/
{% for member in members %}
select
    {{ member.name }} as scorer,  -- the scorer
    scores.user_no,
    scores.item_no,
    scores.score,  -- how much the user should like the item; only comparable within one list
    {{ member.weight }} * scores.score as contribution  -- what this adds to the score
from {{ member.table }} as scores
{% if not loop.last %}
union all
{% endif %}
{% endfor %}

/*
The test part of the chosen split: rows that the recommender must not know of.

Drawn while everything is in sight; then staging is narrowed to the other rows and all is
computed anew from those. Only the models of this folder ever read it. A split is a file of
this folder with a label that names the rows it holds out.

grain: source, source_row
members: tables
weight: 1
*/
with

chosen as (

    {% for member in members %}
    select
        {{ member.name }} as split,
        rows_of.source,
        rows_of.source_row
    from {{ member.table }} as rows_of
    where {{ split }} = {{ member.name }}
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}

)

select
    chosen.split,  -- how the test part was chosen: time, random, leave_last, given
    chosen.source,
    chosen.source_row,
    interactions.fate,
    interactions.user_id,
    interactions.item_id,
    interactions.event_type,
    interactions.rating,
    interactions.occurred_on
from chosen
inner join staging.interactions
    on interactions.source = chosen.source
    and interactions.source_row = chosen.source_row

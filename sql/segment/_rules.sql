/*
Who fulfils which segment rule, with the evidence in words.

A rule is a file of this folder with a label; each of its columns beside user_id is
evidence and its comment says what it means. A user may fulfil several rules.

grain: user_id, segment
members: tables
weight: 1
*/
with

found as (

    {% for member in members %}
    select
        rule.user_id,
        {{ member.label }} as segment,
        concat_ws(
            '; '
            {% for evidence in member.evidence %}
            , cast(rule.{{ evidence.column }} as varchar) || ' ' || {{ evidence.words }}
            {% endfor %}
        ) as evidence
    from {{ member.table }} as rule
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}

)

select
    found.user_id,
    found.segment,  -- the segment's name
    found.evidence  -- why the user is in it, in words
from found
inner join profile.users
    on users.user_id = found.user_id
    and not users.is_excluded

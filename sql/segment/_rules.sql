/*
Who fulfils which segment rule, with the evidence in words.

A rule is a file of this folder with a label; each of its columns beside user_id is
evidence: the value and behind it the column's comment. A user may fulfil several rules, and a
project may have none.

grain: user_id, segment
members: tables or none
weight: 1
*/
with

found as (

    select
        cast(null as varchar) as user_id,
        cast(null as varchar) as segment,
        cast(null as varchar) as evidence
    where false
    {% for member in members %}
    union all
    select
        rule.user_id,
        {{ member.label }} as segment,
        concat_ws(
            '; ', cast(null as varchar)
            {% for evidence in member.evidence %}
            , with_unit(in_words(rule.{{ evidence.column }}, {{ evidence.name }}), {{ evidence.words }})
            {% endfor %}
        ) as evidence
    from {{ member.table }} as rule
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

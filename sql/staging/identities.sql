/*
The one user id under which a person with several ids is published.

Links are followed to their ends: if a card is linked to a web account and that to an
e-mail, all three are one person. Each pass hands on the best id that the neighbours'
best ids know, so that even a long chain needs few passes until nothing changes. An id of
the project's main type is better than one of another, then the smaller text.

grain: alias_id
kind: iterated
until: not exists (select * from this except select * from last)
at_most: 1000
*/
with

ends as (

    select
        coalesce(identities.user_id, identities.other_id_value) as one_value,
        case
            when identities.user_id is null then coalesce(identities.other_id_type, {{ id_type }})
            else {{ id_type }}
        end as one_type,
        identities.id_value as two_value,
        coalesce(identities.id_type, {{ id_type }}) as two_type
    from raw.identities
    where identities.trouble_column is null

),

named as (

    select
        published_id(ends.one_value, ends.one_type, {{ id_type }}) as one_id,
        ends.one_type <> {{ id_type }} as is_one_foreign,
        published_id(ends.two_value, ends.two_type, {{ id_type }}) as two_id,
        ends.two_type <> {{ id_type }} as is_two_foreign
    from ends
    where ends.one_value is not null

),

links as (

    select named.one_id as alias_id, named.two_id as other_id, named.is_two_foreign as is_foreign
    from named
    union
    select named.two_id, named.one_id, named.is_one_foreign
    from named
    union
    select named.one_id, named.one_id, named.is_one_foreign
    from named
    union
    select named.two_id, named.two_id, named.is_two_foreign
    from named

),

reached as (

    select
        links.alias_id,
        coalesce(further.user_id, links.other_id) as user_id,
        coalesce(further.is_foreign, links.is_foreign) as is_foreign
    from links
    left join staging.identities as best
        on best.alias_id = links.other_id
    left join staging.identities as further
        on further.alias_id = best.user_id

)

select
    reached.alias_id,  -- an id as it would be published on its own
    reached.user_id,  -- the user; other systems' ids as system:id
    reached.is_foreign  -- true: that id is not of the project's main type
from reached
qualify row_number() over (
    partition by reached.alias_id
    order by reached.is_foreign, reached.user_id
) = 1

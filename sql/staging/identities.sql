/*
The one user id under which a person with several ids is published.

Links are followed to their ends: if a card is linked to a web account and that to an
e-mail, all three are one person. Each pass hands on the best id that the neighbours'
best ids know, so that even a long chain needs few passes until nothing changes. An id of
the project's main type is better than one of another, then the smaller text. Where the unit is
the household, whoever shares one is one user, under the household's id.

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
    union all
    select users.user_id, coalesce(users.id_type, {{ id_type }}), users.household_id, 'household'
    from raw.users
    where {{ unit }} = 'household'
        and users.trouble_column is null
        and not is_one_of(lower(users.household_id), {{ no_user_ids }})

),

named as (

    select
        published_id(ends.one_value, ends.one_type, {{ id_type }}) as one_id,
        case ends.one_type when {{ id_type }} then 1 else 2 end as one_standing,
        published_id(ends.two_value, ends.two_type, {{ id_type }}) as two_id,
        case ends.two_type when 'household' then 0 when {{ id_type }} then 1 else 2 end as two_standing
    from ends
    where ends.one_value is not null

),

links as (

    select named.one_id as alias_id, named.two_id as other_id, named.two_standing as id_standing
    from named
    union
    select named.two_id, named.one_id, named.one_standing
    from named
    union
    select named.one_id, named.one_id, named.one_standing
    from named
    union
    select named.two_id, named.two_id, named.two_standing
    from named

),

reached as (

    select
        links.alias_id,
        coalesce(further.user_id, links.other_id) as user_id,
        coalesce(further.id_standing, links.id_standing) as id_standing
    from links
    left join staging.identities as best
        on best.alias_id = links.other_id
    left join staging.identities as further
        on further.alias_id = best.user_id

)

select
    reached.alias_id,  -- an id as it would be published on its own
    reached.user_id,  -- the user; other systems' ids as system:id
    reached.id_standing  -- 0: a household's id, 1: of the project's main type, 2: of another system
from reached
qualify row_number() over (
    partition by reached.alias_id
    order by reached.id_standing, reached.user_id
) = 1

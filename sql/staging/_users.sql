/*
Every user that a source describes or that did something, with the project's attributes.

Rows of several ids of one person are one user; of several rows the newest counts.

grain: user_id
*/
with

named as (

    select
        published_id(users.user_id, users.id_type, {{ id_type }}) as alias_id,
        users.household_id,
        users.is_excluded,
        users.first_seen_at,
        users.acquisition_channel,
        {% for attribute in attributes %}
        users.{{ attribute.column }},
        {% endfor %}
        users.version_no,
        users.source,
        users.source_row
    from raw.users
    where users.trouble_column is null

),

described as (

    select
        coalesce(identities.user_id, named.alias_id) as user_id,
        named.household_id,
        named.is_excluded,
        named.first_seen_at,
        named.acquisition_channel,
        {% for attribute in attributes %}
        named.{{ attribute.column }},
        {% endfor %}
        named.source,
        named.source_row
    from named
    left join staging.identities
        on identities.alias_id = named.alias_id
    qualify row_number() over (
        partition by coalesce(identities.user_id, named.alias_id)
        order by
            identities.user_id is distinct from named.alias_id,
            named.version_no desc nulls last, named.source desc, named.source_row desc
    ) = 1

),

acting as (

    select distinct interactions.user_id
    from staging.interactions
    where interactions.fate = 'used'

)

select
    coalesce(described.user_id, acting.user_id) as user_id,  -- the user; other systems' ids as system:id
    described.household_id,  -- who lives together
    coalesce(described.is_excluded, false) as is_excluded,  -- true: staff, test account, reseller; no recommendations, no segments
    described.first_seen_at,  -- when the user became known, UTC
    described.acquisition_channel,  -- through which channel the user came
    {% for attribute in attributes %}
    described.{{ attribute.column }},  -- {{ attribute.comment }}
    {% endfor %}
    described.source,
    described.source_row
from described
full join acting
    on acting.user_id = described.user_id

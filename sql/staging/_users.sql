/*
Every user that a source describes or that did something, with the project's attributes.

Several sources, and several ids of one person, complement one another: of each attribute
the first known value counts, in the order of described_rows. Who is excluded by one of the
rows is excluded.

grain: user_id
*/
with

described as (

    select
        places.entity_id as user_id,
        first_known(users.household_id, places.row_place) as household_id,
        bool_or(users.is_excluded) as is_excluded,
        first_known(users.first_seen_at, places.row_place) as first_seen_at,
        first_known(users.acquisition_channel, places.row_place) as acquisition_channel,
        {% for attribute in attributes %}
        first_known(users.{{ attribute.column }}, places.row_place) as {{ attribute.column }},
        {% endfor %}
        first_known(users.source, places.row_place) as source,
        first_known(users.source_row, places.row_place) as source_row
    from staging.described_rows as places
    inner join raw.users
        on users.source = places.source
        and users.source_row = places.source_row
    where places.input = 'users'
    group by places.entity_id

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

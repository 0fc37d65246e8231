/*
Ids of different systems that would be published as one.

The main system's id `card:7` is written as card 7 of the system `card` is. They are two
people, and nobody could tell them apart: where there is such a row, the refresh stops.

grain: alias_id
check: one_type = other_type -- two people would be published under one id: give one of the
    two systems another name: `id_type`, in the project file
*/
with

told as (

    select interactions.user_id as own_id, coalesce(interactions.id_type, {{ id_type }}) as id_type
    from raw.interactions
    where interactions.trouble_column is null
    union all
    select orders.user_id, coalesce(orders.id_type, {{ id_type }})
    from raw.orders
    where orders.trouble_column is null
    union all
    select users.user_id, coalesce(users.id_type, {{ id_type }})
    from raw.users
    where users.trouble_column is null
    union all
    select consents.user_id, coalesce(consents.id_type, {{ id_type }})
    from raw.consents
    where consents.trouble_column is null
    union all
    select identities.id_value, coalesce(identities.id_type, {{ id_type }})
    from raw.identities
    where identities.trouble_column is null
    union all
    select identities.user_id, {{ id_type }}
    from raw.identities
    where identities.trouble_column is null
    union all
    select identities.other_id_value, coalesce(identities.other_id_type, {{ id_type }})
    from raw.identities
    where identities.trouble_column is null

)

select
    published_id(told.own_id, told.id_type, {{ id_type }}) as alias_id,  -- an id as it would be published on its own
    min(told.id_type) as one_type,  -- one system that has the id
    max(told.id_type) as other_type  -- another system that has it
from told
where told.own_id like '%:%'
    or told.id_type <> {{ id_type }}
group by published_id(told.own_id, told.id_type, {{ id_type }})
having min(told.id_type) <> max(told.id_type)

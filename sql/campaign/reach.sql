/*
Over which channels each user may be contacted, and whether that would arrive.

Unknown is denied: it takes a consent for the purpose, or a channel for which the project says
that nobody has to consent. Where the project knows addresses of a channel, who has none cannot
be reached over it.

grain: user_id, contact_channel
*/
with

ways as (

    select each_of({{ contact_channels }}) as contact_channel

)

select
    users.user_id,
    ways.contact_channel,
    coalesce(addresses.has_address, true)
        as is_reachable  -- true: an address is known, or the project maps none for the channel
from profile.users
cross join ways
left join staging.consents
    on consents.user_id = users.user_id
    and consents.contact_channel = ways.contact_channel
    and consents.purpose = lower({{ contact_purpose }})
left join staging.addresses
    on addresses.user_id = users.user_id
    and addresses.contact_channel = ways.contact_channel
where not users.is_excluded
    and (
        coalesce(consents.is_granted, false)
        or is_one_of(ways.contact_channel, {{ channels_without_consent }})
    )

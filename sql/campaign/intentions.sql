/*
What one would do about each user, if nothing forbade it: by which strategy, over which channel.

The channel is the first of the strategy's that she may be contacted over and that arrives. Of
a household of several the one comes first whose segment is most urgent, then who is worth most.

grain: user_id
check: household_place >= 1
*/
with

ways as (

    select
        chosen.user_id,
        chosen.segmentation,
        chosen.segment,
        chosen.segment_priority,
        coalesce(chosen.strategy_contact <> 'none', false) as is_to_contact,
        reach.user_id is not null as is_permitted,
        case when reach.is_reachable then reach.contact_channel end as contact_channel
    from campaign.chosen_segments as chosen
    left join campaign.reach
        on reach.user_id = chosen.user_id
        and place_among(reach.contact_channel, chosen.strategy_contact) is not null
    qualify row_number() over (
        partition by chosen.user_id
        order by
            coalesce(reach.is_reachable, false) desc,
            place_among(reach.contact_channel, chosen.strategy_contact)
    ) = 1

)

select
    users.user_id,
    people.household_id,
    ways.segmentation,
    ways.segment,
    coalesce(ways.segment_priority, 1000) as segment_priority,
    coalesce(worth.next_365_days_amount, 0) as next_365_days_amount,
    coalesce(ways.is_to_contact, false) as is_to_contact,  -- true: she is in a segment whose strategy names a channel
    coalesce(ways.is_permitted, false) as is_permitted,  -- true: she may be contacted over one of them
    ways.contact_channel,
    drawn.is_control,
    row_number() over (
        partition by coalesce(people.household_id, users.user_id),
            ways.contact_channel is not null and not drawn.is_control
        order by
            coalesce(ways.segment_priority, 1000), coalesce(worth.next_365_days_amount, 0) desc,
            users.user_id
    ) as household_place  -- 1: the first of her household to be contacted
from profile.users
inner join staging.users as people
    on people.user_id = users.user_id
inner join campaign.control_group as drawn
    on drawn.user_id = users.user_id
left join ways
    on ways.user_id = users.user_id
left join value.customers as worth
    on worth.user_id = users.user_id
where not users.is_excluded

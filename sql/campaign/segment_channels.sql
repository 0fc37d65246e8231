/*
How many of a segment's users can be reached over each channel.

Channels that the strategy does not name are listed too: they say where consents are missing.

grain: segmentation, segment, contact_channel
*/
with

ways as (

    select each_of({{ contact_channels }}) as contact_channel

),

sized as (

    select
        memberships.segmentation,
        memberships.segment,
        count(*) as user_count
    from segment.memberships
    group by memberships.segmentation, memberships.segment

),

reached as (

    select
        memberships.segmentation,
        memberships.segment,
        reach.contact_channel,
        count(*) as permitted_count,
        count(*) filter (where reach.is_reachable) as reachable_count
    from segment.memberships
    inner join campaign.reach
        on reach.user_id = memberships.user_id
    group by memberships.segmentation, memberships.segment, reach.contact_channel

)

select
    strategies.segmentation,
    strategies.segment,
    ways.contact_channel,  -- over which somebody is spoken to: app, email, phone, post, sms, store
    place_among(ways.contact_channel, strategies.strategy_contact)
        as strategy_place,  -- 1: the channel that the strategy tries first; empty: it does not name it
    coalesce(reached.permitted_count, 0) as channel_permitted_count,  -- users who consented, or need not
    coalesce(reached.reachable_count, 0) as channel_reachable_count,  -- of them, users with an address or no need of one
    coalesce(reached.reachable_count, 0)
        / cast(nullif(sized.user_count, 0) as double) as channel_reachable_share  -- of the segment's users; empty: nobody is in it
from segment.strategies
cross join ways
left join sized
    on sized.segmentation = strategies.segmentation
    and sized.segment = strategies.segment
left join reached
    on reached.segmentation = strategies.segmentation
    and reached.segment = strategies.segment
    and reached.contact_channel = ways.contact_channel

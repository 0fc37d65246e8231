/*
Over which channel how many of each segment's users can be reached.

grain: segmentation, segment, contact_channel
*/
select
    channels.segmentation,
    channels.segment,
    channels.contact_channel,
    channels.strategy_place,
    channels.channel_permitted_count,
    channels.channel_reachable_count,
    channels.channel_reachable_share
from campaign.segment_channels as channels

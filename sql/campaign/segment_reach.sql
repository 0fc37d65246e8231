/*
How many of a segment's users its strategy can reach, and how many of them it will reach now.

Who is in several segments is reachable for each of them and contacted for one.

grain: segmentation, segment
check: contacted_count <= reachable_count
*/
with

reached as (

    select
        memberships.segmentation,
        memberships.segment,
        count(distinct memberships.user_id) as reachable_count
    from segment.memberships
    inner join segment.strategies
        on strategies.segmentation = memberships.segmentation
        and strategies.segment = memberships.segment
    inner join campaign.reach
        on reach.user_id = memberships.user_id
        and reach.is_reachable
        and place_among(reach.contact_channel, strategies.strategy_contact) is not null
    group by memberships.segmentation, memberships.segment

),

contacted as (

    select
        actions.segmentation,
        actions.segment,
        count(*) as contacted_count
    from campaign.next_best_action as actions
    where actions.is_contacted
    group by actions.segmentation, actions.segment

)

select
    reached.segmentation,
    reached.segment,
    reached.reachable_count,  -- users who can be reached over a channel of its strategy
    coalesce(contacted.contacted_count, 0) as contacted_count  -- users who are to be contacted now, by its strategy
from reached
left join contacted
    on contacted.segmentation = reached.segmentation
    and contacted.segment = reached.segment

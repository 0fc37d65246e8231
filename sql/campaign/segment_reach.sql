/*
What a segment will bring, how many of it the strategy can reach, and how many it will now.

Who is in several segments is reachable for each of them and contacted for one.

grain: segmentation, segment
check: contacted_count <= reachable_count
*/
with

worth as (

    select
        memberships.segmentation,
        memberships.segment,
        count(*) as user_count,
        sum(customers.next_365_days_amount) as next_amount
    from segment.memberships
    left join value.customers
        on customers.user_id = memberships.user_id
    group by memberships.segmentation, memberships.segment

),

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
    worth.segmentation,
    worth.segment,
    cast(coalesce(worth.next_amount, 0) as decimal(18, 4))
        as next_365_days_total_amount,  -- next_365_days_amount of all its users
    coalesce(reached.reachable_count, 0) as reachable_count,  -- users who can be reached over a channel of its strategy
    coalesce(reached.reachable_count, 0)
        / cast(nullif(worth.user_count, 0) as double) as reachable_share,  -- of its users; empty: nobody is in it
    coalesce(contacted.contacted_count, 0) as contacted_count  -- users who are to be contacted now, by its strategy
from worth
left join reached
    on reached.segmentation = worth.segmentation
    and reached.segment = worth.segment
left join contacted
    on contacted.segmentation = worth.segmentation
    and contacted.segment = worth.segment

/*
Every segment: how large it is, what it is worth, how that was before, and what to do about it.

Those that nobody is in now have zeros. Rules come first, clusters last, in each who spent most.

grain: segmentation, segment
order: segmentation desc, net_amount desc, segment
check: user_count = 0 or strategy_objective is not null -- a segment without a strategy: write
    `objective:` into the header of its rule, or [strategies."its name"] into recsys.toml
*/
with

sized as (

    select
        memberships.segmentation,
        memberships.segment,
        count(*) as user_count,
        sum(activity.order_count) as order_count,
        sum(activity.net_amount) as net_amount
    from segment.memberships
    inner join profile.user_activity as activity
        on activity.user_id = memberships.user_id
    group by memberships.segmentation, memberships.segment

),

everybody as (

    select
        count(*) as user_count,
        sum(activity.net_amount) as net_amount
    from profile.user_activity as activity
    inner join profile.users
        on users.user_id = activity.user_id
        and not users.is_excluded

)

select
    strategies.segmentation,
    strategies.segment,
    coalesce(sized.user_count, 0) as user_count,  -- users in it
    coalesce(sized.user_count, 0)
        / cast(nullif(everybody.user_count, 0) as double) as user_share,  -- of all users but the excluded
    cast(coalesce(sized.net_amount, 0) as decimal(18, 4)) as net_amount,
    coalesce(sized.net_amount, 0)
        / cast(nullif(everybody.net_amount, 0) as double) as net_amount_ratio,  -- of the net amount of all of them
    strategies.strategy_objective,
    cast(coalesce(sized.order_count, 0) as bigint) as order_count,
    sizes.previous_user_count,
    sizes.year_before_user_count,
    amounts.period_net_amount,
    amounts.previous_period_net_amount,
    amounts.year_before_net_amount,
    cast(coalesce(reach.next_365_days_total_amount, 0) as decimal(18, 4))
        as next_365_days_total_amount,
    coalesce(reach.reachable_count, 0) as reachable_count,
    reach.reachable_share,
    coalesce(reach.contacted_count, 0) as contacted_count,
    times.usual_weekday,
    times.usual_weekday_share,
    times.usual_hour,
    times.usual_hour_share,
    strategies.strategy_offer,
    strategies.strategy_message,
    strategies.strategy_channel,
    strategies.strategy_contact,
    strategies.strategy_timing,
    strategies.strategy_measure,
    basis.basis_verdict,
    basis.basis_reason
from segment.strategies
cross join everybody
cross join segment.basis
left join segment.sizes_before as sizes
    on sizes.segmentation = strategies.segmentation
    and sizes.segment = strategies.segment
left join segment.period_amounts as amounts
    on amounts.segmentation = strategies.segmentation
    and amounts.segment = strategies.segment
left join sized
    on sized.segmentation = strategies.segmentation
    and sized.segment = strategies.segment
left join campaign.segment_reach as reach
    on reach.segmentation = strategies.segmentation
    and reach.segment = strategies.segment
left join segment.usual_times as times
    on times.segmentation = strategies.segmentation
    and times.segment = strategies.segment

/*
How large each segment is and what it is worth.

grain: segmentation, segment
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
    sized.segmentation,
    sized.segment,
    sized.user_count,  -- users in it
    sized.user_count / cast(nullif(everybody.user_count, 0) as double) as user_share,  -- of all users but the excluded
    cast(sized.order_count as bigint) as order_count,
    cast(sized.net_amount as decimal(18, 4)) as net_amount,
    sized.net_amount / cast(nullif(everybody.net_amount, 0) as double) as net_amount_ratio  -- of the net amount of all of them
from sized
cross join everybody

/*
Users who have gone quiet although they used to buy often.

The gap is measured against each user's own rhythm, so a monthly buyer is not at risk
after ten days while a daily buyer is.

grain: user_id
check: gap_ratio >= 1
label: Quiet by own rhythm
priority: 10
param: rhythm_min_orders = 4 (orders a user needs before a rhythm can be read [2 or more])
param: rhythm_gap_factor = 2.0 (times the usual gap after which silence means something [1 or more])
*/
with

rhythm as (

    select
        activity.user_id,
        activity.recency_days,
        activity.active_span_days
            / nullif(cast(activity.order_count - 1 as double), 0) as usual_gap_days
    from profile.user_activity as activity
    where activity.order_count >= {{ rhythm_min_orders }}

)

select
    rhythm.user_id,
    round(rhythm.recency_days / nullif(rhythm.usual_gap_days, 0), 1) as gap_ratio  -- times the usual gap since the last order
from rhythm
where rhythm.recency_days >= {{ rhythm_gap_factor }} * rhythm.usual_gap_days
    and rhythm.usual_gap_days > 0

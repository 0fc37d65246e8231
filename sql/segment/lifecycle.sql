/*
The stage of life of every customer, by silence against the customer's own rhythm, and since when.

New is who was won lately and has no rhythm of her own yet. Won back is who came back from a
lapse, until three orders since then make a rhythm again. Since when somebody is slowing, at
risk or lapsed is told by the day on which the silence became too long; since when she is active,
by the day on which she came back from the last silence that was.

grain: user_id
check: lifecycle_since_on is not null
*/
with

breaks as (

    select
        rhythms.user_id,
        count(*) + 1 as order_day_count,
        max(gaps.gap_ended_on) filter (where gaps.gap_days > rhythms.slowing_after_days) as back_on
    from segment.rhythms
    inner join profile.order_gaps as gaps
        on gaps.user_id = rhythms.user_id
    group by rhythms.user_id

),

staged as (

    select
        rhythms.user_id,
        case
            when newcomers.user_id is not null
                and coalesce(breaks.order_day_count, 1) < {{ lifecycle_min_orders }} then 'New'
            when rhythms.recency_days > rhythms.lapsed_after_days then 'Lapsed'
            when rhythms.recency_days > rhythms.at_risk_after_days then 'At risk by rhythm'
            when rhythms.recency_days > rhythms.slowing_after_days then 'Slowing'
            when rhythms.rhythm_basis = 'season' then 'Seasonal'
            when own.orders_since_return < {{ lifecycle_min_orders }} then 'Won back'
            else 'Active'
        end as stage,
        breaks.back_on
    from segment.rhythms
    left join breaks
        on breaks.user_id = rhythms.user_id
    left join segment.own_rhythms as own
        on own.user_id = rhythms.user_id
    left join segment.newcomers
        on newcomers.user_id = rhythms.user_id

)

select
    rhythms.user_id,
    staged.stage as segment,  -- the segment's name
    case staged.stage
        when 'New' then rhythms.first_order_on
        when 'Lapsed' then rhythms.last_order_on + rhythms.lapsed_after_days + 1
        when 'At risk by rhythm' then rhythms.last_order_on + rhythms.at_risk_after_days + 1
        when 'Slowing' then rhythms.last_order_on + rhythms.slowing_after_days + 1
        when 'Seasonal' then seasonal.seasonal_from_on
        when 'Won back' then own.returned_on
        else coalesce(staged.back_on, rhythms.first_order_on)
    end as lifecycle_since_on,  -- the day on which the present stage of life began
    rhythms.recency_days,
    rhythms.rhythm_basis,
    rhythms.rhythm_days,
    rhythms.at_risk_after_days,
    rhythms.lapsed_after_days
from staged
inner join segment.rhythms
    on rhythms.user_id = staged.user_id
left join segment.own_rhythms as own
    on own.user_id = staged.user_id
left join segment.seasonal_buyers as seasonal
    on seasonal.user_id = staged.user_id

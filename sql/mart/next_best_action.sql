/*
What to do about each user next: to whom, what, why, over which channel and when; or why not.

One row a user. Who is not to be contacted has a row too, with the reason: the control group's
rows say what would have been done, so that it can be compared.

grain: user_id
*/
with

besides as (

    select
        memberships.user_id,
        listed(memberships.segment) as other_rules
    from segment.memberships
    inner join campaign.next_best_action as actions
        on actions.user_id = memberships.user_id
        and coalesce(actions.segment <> memberships.segment, true)
    where memberships.segmentation = 'rules'
    group by memberships.user_id

)

select
    actions.user_id,
    actions.household_id,
    actions.is_contacted,
    actions.held_back_because,
    actions.segmentation,
    actions.segment,
    lifecycles.segment as lifecycle,  -- where she stands by her own rhythm; empty: it is not told
    actions.next_365_days_amount,
    worth.churn_probability,
    actions.contact_channel,
    actions.channel_place,
    coalesce(habits.preferred_weekday, times.usual_weekday)
        as contact_weekday,  -- local weekday on which she, else most of her segment, orders
    coalesce(habits.preferred_hour, times.usual_hour)
        as contact_hour,  -- local hour, in the same way
    offers.item_id,
    offers.item_name,
    offers.list,
    offers.reason,
    strategies.strategy_objective,
    strategies.strategy_offer,
    strategies.strategy_message,
    besides.other_rules,  -- the rules that she fulfils beside the segment that speaks, for how to put it; empty: none
    actions.is_control
from campaign.next_best_action as actions
left join besides
    on besides.user_id = actions.user_id
left join segment.strategies
    on strategies.segmentation = actions.segmentation
    and strategies.segment = actions.segment
left join segment.usual_times as times
    on times.segmentation = actions.segmentation
    and times.segment = actions.segment
left join segment.memberships as lifecycles
    on lifecycles.user_id = actions.user_id
    and lifecycles.segmentation = 'lifecycle'
left join profile.user_habits as habits
    on habits.user_id = actions.user_id
left join campaign.best_offers as offers
    on offers.user_id = actions.user_id
left join value.customers as worth
    on worth.user_id = actions.user_id

/*
What each customer has been worth, will probably be worth, and if that is not to be told, why.

Where the models' assumptions fail there is no forecast but a reason. Who needs a figure for
everybody takes next_365_days_amount: the forecast, or else the last year once more, with
running contracts beside it; next_365_days_basis says which.

grain: user_id
*/
with

last_year as (

    select
        dealings.user_id,
        sum(dealings.net_amount) as net_amount
    from profile.dealings
    inner join profile.clock
        on dealings.ordered_on > clock.reference_on - 365
    group by dealings.user_id

),

shortcoming as (

    select requirements.requirement
    from value.requirements
    where requirements.is_decisive
        and not requirements.is_met
    qualify row_number() over (order by requirements.requirement_no) = 1

)

select
    activity.user_id,
    histories.repeat_order_count,
    histories.active_weeks,
    histories.observed_weeks,
    histories.average_days_between_orders,
    forecasts.expected_orders_30_days,
    forecasts.expected_orders_90_days,
    forecasts.expected_orders_365_days,
    forecasts.bgnbd_alive_probability,
    forecasts.churn_probability,
    forecasts.expected_date_of_next_order,
    cast(forecasts.expected_order_value as decimal(18, 4)) as expected_order_amount,  -- net amount to expect of an order
    activity.net_amount as historic_clv,  -- net amount so far
    cast(forecasts.discounted_value as decimal(18, 4)) as predicted_clv,  -- net amount to expect in the next 365 days, discounted
    cast(forecasts.discounted_value * margins.margin_ratio as decimal(18, 4))
        as predicted_clv_margin,  -- what is left of it after the cost of goods; empty: costs are not known
    contracts.contract_amount,
    case
        when activity.order_count = 0 then 'returns only'
        when activity.first_order_on is null then 'orders without a date'
        when histories.user_id is null then 'subscriptions or one-off goods only'
        when shortcoming.requirement is not null then 'too few ' || shortcoming.requirement
        when histories.is_clockwork then 'orders at a fixed interval, as by subscription'
        when forecasts.user_id is null then 'no model fits the orders'
        when forecasts.expected_order_value is null then 'no model fits the amounts'
    end as value_reason,  -- why there is no forecast; empty: there is one
    cast(
        coalesce(
            forecasts.discounted_value, last_year.net_amount - contracts.paid_year_amount,
            last_year.net_amount, 0
        ) + coalesce(contracts.contract_amount, 0) as decimal(18, 4)
    ) as next_365_days_amount,  -- predicted_clv, or where it is empty the net amount of the last 365 days; of contracts contract_amount
    concat_ws(' and ', case
        when forecasts.discounted_value is not null then 'model'
        when contracts.user_id is null or last_year.net_amount <> contracts.paid_year_amount
            then 'the last 365 days again'
    end, case when contracts.user_id is not null then 'contracts' end) as next_365_days_basis  -- which of them it is
from profile.user_activity as activity
inner join profile.users
    on users.user_id = activity.user_id
    and not users.is_excluded
left join shortcoming
    on true
left join value.histories
    on histories.user_id = activity.user_id
    and histories.viewpoint = 'now'
left join value.forecasts
    on forecasts.user_id = activity.user_id
left join value.contract_values as contracts
    on contracts.user_id = activity.user_id
left join value.margins
    on margins.user_id = activity.user_id
left join last_year
    on last_year.user_id = activity.user_id
where activity.order_count > 0
    or activity.return_amount <> 0

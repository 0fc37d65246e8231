/*
How likely it is that a customer is still there, after the silence since her last order.

Whoever used to order often and has been silent for long has probably left; the same silence
says little of one who orders seldom. BG/NBD calls everybody who has ordered once alive for
ever, MBG/NBD does not.

grain: viewpoint, value_model, user_id
check: coalesce(weeks_to_even_odds >= 0, true)
cite: Fader, Hardie and Lee (2008); Wagner and Hoppe (2008)
*/
with

odds as (

    select
        histories.viewpoint,
        models.value_model,
        histories.user_id,
        histories.repeat_order_count,
        histories.observed_weeks,
        models.parameter_1 + histories.repeat_order_count as order_shape,
        models.parameter_2 + histories.observed_weeks as weeks,
        1 / nullif(1 + odds_of_having_left(
            histories.repeat_order_count,
            histories.repeat_order_count
                + case when models.value_model = 'MBG/NBD' then 1 else 0 end,
            histories.active_weeks, histories.observed_weeks,
            models.parameter_1, models.parameter_2, models.parameter_3, models.parameter_4
        ), 0) as probability
    from value.histories
    inner join value.models
        on models.viewpoint = histories.viewpoint
        and models.value_model <> 'Gamma-Gamma'
    where not histories.is_clockwork

)

select
    odds.viewpoint,
    odds.value_model,
    odds.user_id,
    odds.repeat_order_count,
    odds.observed_weeks,
    round(odds.probability, 9) as alive_probability,  -- that the customer has not left for good
    case
        when odds.probability > 0.5001
            then odds.weeks * (exp(least(
                -ln(1 - 0.5 / nullif(odds.probability, 0)) / nullif(odds.order_shape, 0), 50
            )) - 1)
    end as weeks_to_even_odds  -- weeks within which an order is as likely as none; empty: never so
from odds

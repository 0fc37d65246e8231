/*
How likely it is that a customer is still there, after the silence since her last order.

Whoever used to order often and has been silent for long has probably left; the same silence
says little of one who orders seldom. BG/NBD calls everybody who has ordered once alive for
ever, MBG/NBD does not.

grain: viewpoint, model, user_id
*/
select
    histories.viewpoint,
    models.model,
    histories.user_id,
    histories.repeat_order_count,
    histories.observed_weeks,
    round(1 / nullif(1 + odds_of_having_left(
        histories.repeat_order_count,
        histories.repeat_order_count + case when models.model = 'MBG/NBD' then 1 else 0 end,
        histories.active_weeks, histories.observed_weeks,
        models.parameter_1, models.parameter_2, models.parameter_3, models.parameter_4
    ), 0), 9) as alive_probability,  -- that she will order again, as long as she lives on like this
    (models.parameter_2 + histories.observed_weeks)
        / nullif(models.parameter_1 + histories.repeat_order_count, 0) as weeks_per_order  -- weeks from one order to the next, if she is there
from value.histories
inner join value.models
    on models.viewpoint = histories.viewpoint
    and models.model <> 'Gamma-Gamma'
where not histories.is_clockwork

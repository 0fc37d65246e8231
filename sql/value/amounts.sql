/*
What an order of each customer will come to, by Gamma-Gamma.

It lies between her own average and everybody's: the more repeat orders she has, the closer
to her own. Who has none is expected to spend like everybody. Where amounts vary so much that
they have hardly an average (q of little more than 1, or less), nothing is said, nor of
customers whose repeat orders brought no money.

grain: viewpoint, user_id
check: expected_order_value > 0
cite: Fader and Hardie (2013), equation 5
*/
select
    histories.viewpoint,
    histories.user_id,
    round(
        models.parameter_1 * (
            models.parameter_3
            + histories.repeat_order_count * coalesce(histories.mean_repeat_amount, 0)
        )
        / nullif(models.parameter_1 * histories.repeat_order_count + models.parameter_2 - 1, 0), 9
    ) as expected_order_value  -- net amount to expect of an order
from value.histories
inner join value.models
    on models.viewpoint = histories.viewpoint
    and models.value_model = 'Gamma-Gamma'
where models.parameter_2 > 1.01
    and coalesce(histories.mean_repeat_amount > 0, true)
    and not histories.is_clockwork

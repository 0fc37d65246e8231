/*
How many orders to expect of a customer who is still there, within each horizon.

All who ordered equally often and are known equally long have the same future, if they have
one. The expectation holds Gauss's hypergeometric function, which is summed by its series.

grain: viewpoint, value_model, repeat_order_count, observed_weeks, horizon_days
check: orders_if_there >= 0
cite: Fader, Hardie and Lee (2005), equation 10; Wagner and Hoppe (2008)
*/
with

alike as (

    select distinct
        evidence.viewpoint,
        evidence.value_model,
        evidence.repeat_order_count,
        evidence.leaving_chance_count,
        evidence.observed_weeks
    from value.evidence
    where evidence.value_model = 'BG/NBD'
        or (evidence.value_model = 'MBG/NBD' and evidence.viewpoint <> 'now')

),

arguments as (

    select
        alike.viewpoint,
        alike.value_model,
        alike.repeat_order_count,
        alike.observed_weeks,
        horizons.horizon_days,
        models.parameter_1 + alike.repeat_order_count as order_shape,
        models.parameter_3 as leaving_shape,
        models.parameter_3 + models.parameter_4 + alike.leaving_chance_count - 1 as below,
        horizons.horizon_days / 7.0 / nullif(
            models.parameter_2 + alike.observed_weeks + horizons.horizon_days / 7.0, 0
        ) as reach
    from alike
    inner join value.models
        on models.viewpoint = alike.viewpoint
        and models.value_model = alike.value_model
    inner join value.horizons
        on horizons.viewpoint = alike.viewpoint

)

select
    arguments.viewpoint,
    arguments.value_model,
    arguments.repeat_order_count,
    arguments.observed_weeks,
    arguments.horizon_days,
    orders_if_there(
        arguments.order_shape, arguments.leaving_shape, arguments.below, arguments.reach
    ) as orders_if_there  -- orders to expect within the horizon of a customer who is still there
from arguments

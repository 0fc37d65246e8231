/*
How many orders to expect of a customer who is still there, within each horizon.

All who ordered equally often and are known equally long have the same future, if they have
one. The expectation holds Gauss's hypergeometric function. Its series is summed in the one
of Euler's two forms that does so in few terms: of 1, 2 and (1 - z) to the smaller power.

grain: viewpoint, model, repeat_order_count, observed_weeks, horizon_days
check: orders_if_there >= 0
cite: Fader, Hardie and Lee (2005), equation 10; Wagner and Hoppe (2008)
*/
with

alike as (

    select distinct
        evidence.viewpoint,
        evidence.model,
        evidence.repeat_order_count,
        evidence.leaving_chance_count,
        evidence.observed_weeks
    from value.evidence
    where evidence.model = 'BG/NBD'
        or (evidence.model = 'MBG/NBD' and evidence.viewpoint <> 'now')

),

arguments as (

    select
        alike.viewpoint,
        alike.model,
        alike.repeat_order_count,
        alike.observed_weeks,
        horizons.horizon_days,
        models.parameter_1 + alike.repeat_order_count as order_shape,
        apart_from_one(models.parameter_3) - 1 as leaving_shape,
        models.parameter_4 + alike.leaving_chance_count as staying_shape,
        apart_from_one(models.parameter_3) - 1 + models.parameter_4 + alike.leaving_chance_count
            as below,
        horizons.horizon_days / 7.0 / nullif(
            models.parameter_2 + alike.observed_weeks + horizons.horizon_days / 7.0, 0
        ) as reach
    from alike
    inner join value.models
        on models.viewpoint = alike.viewpoint
        and models.model = alike.model
    inner join value.horizons
        on horizons.viewpoint = alike.viewpoint

),

forms as (

    select
        arguments.viewpoint,
        arguments.model,
        arguments.repeat_order_count,
        arguments.observed_weeks,
        arguments.horizon_days,
        arguments.leaving_shape,
        arguments.below,
        case
            when arguments.leaving_shape < arguments.order_shape
                and arguments.below - arguments.order_shape > -5
                then hypergeometric_series(
                    arguments.below - arguments.order_shape, arguments.leaving_shape,
                    arguments.below, arguments.reach
                ) * power(1 - arguments.reach, arguments.leaving_shape)
            else hypergeometric_series(
                arguments.order_shape, arguments.staying_shape, arguments.below, arguments.reach
            ) * power(1 - arguments.reach, arguments.order_shape)
        end as damped_hypergeometric
    from arguments

)

select
    forms.viewpoint,
    forms.model,
    forms.repeat_order_count,
    forms.observed_weeks,
    forms.horizon_days,
    forms.damped_hypergeometric,  -- 2F1(r + x, b + c; a + b + c - 1; z) times (1 - z) to the power of r + x
    forms.below / nullif(forms.leaving_shape, 0) * (1 - forms.damped_hypergeometric)
        as orders_if_there  -- orders to expect within the horizon of a customer who is still there
from forms

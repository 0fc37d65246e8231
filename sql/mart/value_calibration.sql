/*
What was forecast before the holdout, against what happened in it, by decile of the forecast.

grain: value_model, decile
*/
select
    calibration.value_model,
    calibration.decile,
    calibration.holdout_days,
    calibration.forecast_count,
    calibration.mean_expected_orders,
    calibration.mean_observed_orders,
    calibration.expected_amount,
    calibration.observed_amount
from value.calibration

/*
The fitted models with their parameters, in weeks and in the reporting currency.

BG/NBD and MBG/NBD: orders come at a rate that differs between customers like a gamma
distribution (r, alpha), and after an order a customer is lost for good with a probability
that differs like a beta distribution (a, b). Gamma-Gamma (p, q, gamma): what one spends
per order varies around an average of one's own. A search that did not arrive counts as no
model.

grain: viewpoint, value_model
*/
select
    fits.viewpoint,
    fits.value_model,
    starts.fitted_count,
    round(probed_parameter(fits.value_model, fits.logs, 1, 0, 0), 9) as parameter_1,  -- r, or p
    round(probed_parameter(fits.value_model, fits.logs, 2, 0, 0), 9) as parameter_2,  -- alpha, or q
    round(probed_parameter(fits.value_model, fits.logs, 3, 0, 0), 9) as parameter_3,  -- a, or gamma
    case
        when fits.value_model <> 'Gamma-Gamma'
            then round(probed_parameter(fits.value_model, fits.logs, 4, 0, 0), 9)
    end as parameter_4,  -- b
    round(nth_of(fits.heights, 1), 6) as log_likelihood  -- of all its customers, at these parameters
from value.fits
inner join value.starts
    on starts.viewpoint = fits.viewpoint
    and starts.value_model = fits.value_model
where abs(fits.rise) < 1e-3

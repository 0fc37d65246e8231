/*
The parameters that the value models were fitted with, by the letters of the papers.

Times are in weeks, amounts in the reporting currency. Where the data tell of a parameter only that
it is very large or very small, the search ends at its bound: forecasts hold all the same, but the
figure itself says nothing.

grain: viewpoint, value_model, parameter
*/
with

lettered as (

    select 'Gamma-Gamma' as value_model, 1 as place, 'p' as letter
    union all
    select 'Gamma-Gamma', 2, 'q'
    union all
    select 'Gamma-Gamma', 3, 'gamma'
    union all
    select orders.value_model, letters.place, letters.letter
    from (select 'BG/NBD' as value_model union all select 'MBG/NBD') as orders
    cross join (
        select 1 as place, 'r' as letter
        union all
        select 2, 'alpha'
        union all
        select 3, 'a'
        union all
        select 4, 'b'
    ) as letters

)

select
    models.viewpoint,
    models.value_model,
    lettered.letter as parameter,  -- r, alpha, a and b, or p, q and gamma
    case lettered.place
        when 1 then models.parameter_1
        when 2 then models.parameter_2
        when 3 then models.parameter_3
        else models.parameter_4
    end as fitted_value,  -- its most likely value
    is_bounded(models.value_model, fits.logs, starts.start_logs, lettered.place)
        as is_at_bound,  -- true: the search for it ended at its bound, so that the value is none to be read
    models.fitted_count,
    models.log_likelihood
from value.models
inner join lettered
    on lettered.value_model = models.value_model
inner join value.fits
    on fits.viewpoint = models.viewpoint
    and fits.value_model = models.value_model
inner join value.starts
    on starts.viewpoint = models.viewpoint
    and starts.value_model = models.value_model

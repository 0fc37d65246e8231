/*
The most likely parameters of each model, by Newton's method.

Each pass takes the log-likelihood at 15 places around a point; their differences tell slope
and curvature, and so where the top would be if the hill went on like that. If that place is
no higher, the next, more careful step starts from the old one again (Levenberg and Marquardt).

grain: viewpoint, value_model
kind: iterated
until: not exists (select this.value_model from this where abs(this.rise) > 1e-6)
at_most: 80
cite: Fader, Hardie and Lee (2005); Batislam, Denizel and Filiztekin (2007); Fader and Hardie (2013)
*/
with

places as (

    select
        starts.viewpoint,
        starts.value_model,
        case
            when fits.value_model is null then starts.start_logs
            when abs(fits.rise) <= 1e-6 then fits.logs
            else next_place(fits.logs, fits.heights, fits.damping, starts.start_logs)
        end as logs
    from value.starts
    left join value.fits
        on fits.viewpoint = starts.viewpoint
        and fits.value_model = starts.value_model

),

probes as (

    select
        places.viewpoint,
        places.value_model,
        places.logs,
        one.axis as one_axis,
        other.axis as other_axis,
        probed_parameter(places.value_model, places.logs, 1, one.axis, other.axis) as parameter_1,
        probed_parameter(places.value_model, places.logs, 2, one.axis, other.axis) as parameter_2,
        probed_parameter(places.value_model, places.logs, 3, one.axis, other.axis) as parameter_3,
        probed_parameter(places.value_model, places.logs, 4, one.axis, other.axis) as parameter_4
    from places
    cross join (select each_of(numbers_to(4)) as axis) as one
    inner join (select each_of(numbers_to(4)) as axis) as other
        on other.axis >= one.axis

),

taken as (

    select
        probes.viewpoint, probes.value_model, probes.logs, probes.one_axis, probes.other_axis,
        sum(exactly(seen.same_count * height_of(
            probes.value_model, seen.repeat_order_count, seen.leaving_chance_count,
            seen.active_weeks, seen.observed_weeks, seen.mean_repeat_amount,
            probes.parameter_1, probes.parameter_2, probes.parameter_3, probes.parameter_4
        ))) as height
    from probes
    inner join value.evidence as seen
        on seen.viewpoint = probes.viewpoint
        and seen.value_model = probes.value_model
    group by probes.viewpoint, probes.value_model, probes.logs, probes.one_axis, probes.other_axis

),

hills as (

    select taken.viewpoint, taken.value_model, taken.logs,
        heights_in_order(taken.height, taken.one_axis, taken.other_axis) as heights
    from taken
    group by taken.viewpoint, taken.value_model, taken.logs

)

select
    hills.viewpoint,
    hills.value_model,
    better_of(hills.heights, fits.heights, hills.logs, fits.logs) as logs,  -- logarithms of the parameters
    better_of(hills.heights, fits.heights, hills.heights, fits.heights) as heights,  -- log-likelihood there and around
    better_of(hills.heights, fits.heights, coalesce(fits.damping / 3, 0.1), fits.damping * 3)
        as damping,  -- how careful the next step is
    rise_over(hills.heights, fits.heights) as rise  -- how much higher than the best the place of this pass was
from hills
left join value.fits
    on fits.viewpoint = hills.viewpoint
    and fits.value_model = hills.value_model

/*
The most likely parameters of each model, by Newton's method.

Each pass takes the log-likelihood at 15 places around a point; their differences tell slope
and curvature there, and so where the top would be if the hill went on like that. If the
point is no higher than the best so far, the next step starts from that one again and is a
more careful one (Levenberg and Marquardt). Logarithms keep the parameters positive.

grain: viewpoint, model
kind: iterated
until: not exists (select this.model from this where this.moved_by > 1e-8)
at_most: 80
cite: Fader, Hardie and Lee (2005); Batislam, Denizel and Filiztekin (2007); Fader and Hardie (2013)
*/
with

points as (

    select
        starts.viewpoint,
        starts.model,
        case
            when fits.model is null then starts.start_logs
            else stepped(fits.logs, starts.start_logs, solution_of(step_equations(fits.heights, fits.damping)))
        end as logs
    from value.starts
    left join value.fits
        on fits.viewpoint = starts.viewpoint
        and fits.model = starts.model

),

places as (

    select
        points.viewpoint,
        points.model,
        points.logs,
        one.axis as one_axis,
        other.axis as other_axis,
        probed_parameters(points.logs, one.axis, other.axis) as parameters
    from points
    cross join (select each_of(numbers_to(4)) as axis) as one
    inner join (select each_of(numbers_to(4)) as axis) as other
        on other.axis >= one.axis

),

probes as (

    select
        places.viewpoint,
        places.model,
        places.logs,
        places.one_axis,
        places.other_axis,
        sum(height_of(
            places.model, seen.repeat_order_count, seen.leaving_chance_count, seen.active_weeks,
            seen.observed_weeks, seen.mean_repeat_amount, places.parameters, seen.alike_count
        )) as height
    from places
    inner join value.evidence as seen
        on seen.viewpoint = places.viewpoint
        and seen.model = places.model
    group by places.viewpoint, places.model, places.logs, places.one_axis, places.other_axis

),

hills as (

    select
        probes.viewpoint,
        probes.model,
        probes.logs,
        heights_in_order(probes.height, probes.one_axis, probes.other_axis) as heights
    from probes
    group by probes.viewpoint, probes.model, probes.logs

)

select
    hills.viewpoint,
    hills.model,
    case when is_higher(hills.heights, fits.heights) then hills.logs else fits.logs end as logs,  -- logarithms of the parameters
    case when is_higher(hills.heights, fits.heights) then hills.heights else fits.heights end as heights,  -- the log-likelihood there and around
    case
        when fits.model is null then 1.0
        when is_higher(hills.heights, fits.heights) then fits.damping / 10
        else least(fits.damping * 10, 1e6)
    end as damping,  -- how careful the next step is
    coalesce(furthest_apart(hills.logs, fits.logs), 1) as moved_by  -- how far this pass went along an axis at most
from hills
left join value.fits
    on fits.viewpoint = hills.viewpoint
    and fits.model = hills.model

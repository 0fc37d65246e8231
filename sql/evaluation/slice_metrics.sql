/*
The mean of each metric in each slice, beside the bestsellers', and whether they differ.

Intervals are 95 % confidence intervals of a mean over users, by Student's t. That of the
difference is taken over each user's own difference: what makes a user easy or hard for both
lists falls out, so that fewer users are enough to tell them apart.

grain: slice_kind, slice, metric
*/
with

sliced as (

    select
        slices.slice_kind, slices.slice,
        found.metric, found.own_value, found.bestseller_value
    from evaluation.user_values as found
    inner join evaluation.user_slices as slices
        on slices.user_no = found.user_no
    where found.stratum = 'all'
    union all
    select 'popularity', found.stratum, found.metric, found.own_value, found.bestseller_value
    from evaluation.user_values as found
    where found.stratum <> 'all'

),

exact as (

    select
        sliced.slice_kind, sliced.slice, sliced.metric,
        cast(sliced.own_value as decimal(18, 12)) as own,
        cast(sliced.own_value * sliced.own_value as decimal(24, 15)) as own_square,
        cast(sliced.bestseller_value as decimal(18, 12)) as theirs,
        cast(sliced.own_value - sliced.bestseller_value as decimal(18, 12)) as gain,
        cast(
            (sliced.own_value - sliced.bestseller_value)
            * (sliced.own_value - sliced.bestseller_value) as decimal(24, 15)
        ) as gain_square
    from sliced
    where sliced.own_value is not null
        and sliced.bestseller_value is not null

),

means as (

    select
        exact.slice_kind, exact.slice, exact.metric,
        count(*) as judged_count,
        cast(sum(exact.own) as double) / nullif(count(*), 0) as mean,
        cast(sum(exact.theirs) as double) / nullif(count(*), 0) as bestseller_value,
        cast(sum(exact.gain) as double) / nullif(count(*), 0) as difference,
        half_width(
            count(*), cast(sum(exact.own) as double), cast(sum(exact.own_square) as double)
        ) as own_width,
        half_width(
            count(*), cast(sum(exact.gain) as double), cast(sum(exact.gain_square) as double)
        ) as gain_width
    from exact
    group by exact.slice_kind, exact.slice, exact.metric

)

select
    means.slice_kind,
    means.slice,
    means.metric,
    means.judged_count,  -- users who are judged
    round(means.mean, 12) as metric_value,  -- what the recommender comes to
    round(means.mean - means.own_width, 12) as metric_low,  -- lower end of its 95 % interval
    round(means.mean + means.own_width, 12) as metric_high,  -- upper end
    round(means.bestseller_value, 12) as bestseller_value,
    round(means.difference, 12) as difference,  -- metric_value less bestseller_value, over the same users
    round(means.difference - means.gain_width, 12) as difference_low,  -- lower end of its 95 % interval
    round(means.difference + means.gain_width, 12) as difference_high  -- upper end
from means

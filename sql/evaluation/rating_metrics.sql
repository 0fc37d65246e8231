/*
Mean and root mean square of the errors of expected ratings, beside those of items' means.

Over ratings, as everybody does, so that who rates much counts for much. Chance, though, draws
users: the intervals go by how much each user pulls the figure up or down, all her ratings
together, and for the difference by what she pulls both.

grain: slice_kind, slice, metric
cite: Särndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, sections 5.5 and 8.7
    (linearised ratio of totals of clusters)
*/
with

totals as (

    select
        sums.slice_kind, sums.slice, sums.metric,
        cast(count(*) as double) as judged_count,
        cast(sum(sums.rating_total) as double) as rating_total,
        cast(sum(cast(sums.own_sum as decimal(38, 15))) as double)
            / nullif(cast(sum(sums.rating_total) as double), 0) as own_mean,
        cast(sum(cast(sums.mean_sum as decimal(38, 15))) as double)
            / nullif(cast(sum(sums.rating_total) as double), 0) as mean_mean
    from evaluation.rating_sums as sums
    group by sums.slice_kind, sums.slice, sums.metric

),

pulls as (

    select
        sums.slice_kind, sums.slice, sums.metric,
        totals.judged_count, totals.rating_total, totals.own_mean, totals.mean_mean,
        (sums.own_sum - totals.own_mean * sums.rating_total)
            / nullif(case sums.metric when 'rmse' then 2 * sqrt(totals.own_mean) else 1 end, 0)
            as own_pull,
        (sums.mean_sum - totals.mean_mean * sums.rating_total)
            / nullif(case sums.metric when 'rmse' then 2 * sqrt(totals.mean_mean) else 1 end, 0)
            as mean_pull
    from evaluation.rating_sums as sums
    inner join totals
        on totals.slice_kind = sums.slice_kind
        and totals.slice = sums.slice
        and totals.metric = sums.metric

),

told as (

    select
        pulls.slice_kind, pulls.slice, pulls.metric, pulls.judged_count,
        case pulls.metric when 'rmse' then sqrt(pulls.own_mean) else pulls.own_mean end as own,
        case pulls.metric when 'rmse' then sqrt(pulls.mean_mean) else pulls.mean_mean end as plain,
        half_width(pulls.judged_count, 0, cast(sum(cast(
            pulls.own_pull * pulls.own_pull as decimal(38, 15)
        )) as double)) * pulls.judged_count / nullif(pulls.rating_total, 0) as own_width,
        half_width(pulls.judged_count, 0, cast(sum(cast(
            (pulls.own_pull - pulls.mean_pull) * (pulls.own_pull - pulls.mean_pull)
            as decimal(38, 15)
        )) as double)) * pulls.judged_count / nullif(pulls.rating_total, 0) as gain_width
    from pulls
    group by
        pulls.slice_kind, pulls.slice, pulls.metric,
        pulls.judged_count, pulls.rating_total, pulls.own_mean, pulls.mean_mean

)

select
    told.slice_kind,
    told.slice,
    told.metric,
    cast(told.judged_count as bigint) as judged_count,  -- users who are judged
    round(told.own, 12) as metric_value,  -- what the recommender comes to
    round(told.own - told.own_width, 12) as metric_low,  -- lower end of its 95 % interval
    round(told.own + told.own_width, 12) as metric_high,  -- upper end
    round(told.plain, 12) as bestseller_value,  -- the same for the bestseller list; of mae and rmse, for the items' mean ratings
    round(told.own - told.plain, 12) as difference,  -- metric_value less bestseller_value, over the same users
    round(told.own - told.plain - told.gain_width, 12) as difference_low,  -- lower end of its 95 % interval
    round(told.own - told.plain + told.gain_width, 12) as difference_high  -- upper end
from told

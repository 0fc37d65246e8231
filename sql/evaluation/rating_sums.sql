/*
What each user's errors come to, in every group that she is in: what errors are averaged from.

grain: slice_kind, slice, metric, user_no
*/
with

sized as (

    select
        errors.user_no,
        metrics.metric,
        case metrics.metric
            when 'mae' then abs(errors.own_error)
            else errors.own_error * errors.own_error
        end as own_size,
        case metrics.metric
            when 'mae' then abs(errors.mean_error)
            else errors.mean_error * errors.mean_error
        end as mean_size
    from evaluation.rating_errors as errors
    cross join (
        select 'mae' as metric
        union all select 'rmse'
    ) as metrics

),

summed as (

    select
        sized.user_no, sized.metric,
        count(*) as rating_total,
        cast(sum(cast(sized.own_size as decimal(38, 15))) as double) as own_sum,
        cast(sum(cast(sized.mean_size as decimal(38, 15))) as double) as mean_sum
    from sized
    group by sized.user_no, sized.metric

)

select
    'all' as slice_kind,
    'all' as slice,
    summed.metric,  -- which measure of quality; each is defined in evaluation.ranking_metrics, list_metrics, list_diversity, catalogue_metrics or rating_sums
    summed.user_no,
    summed.rating_total,  -- the user's ratings in the test part
    summed.own_sum,  -- over them of the size (mae) or the square (rmse) of expected less given rating
    summed.mean_sum  -- the same for the item's mean rating
from summed
union all
select
    slices.slice_kind,
    slices.slice,
    summed.metric,
    summed.user_no,
    summed.rating_total,
    summed.own_sum,
    summed.mean_sum
from summed
inner join evaluation.user_slices as slices
    on slices.user_no = summed.user_no
where slices.slice_kind <> 'all'

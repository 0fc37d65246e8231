/*
The scorecard of one evaluation: every metric, of all users and of every slice.

The verdict goes by the interval of the difference, for what is the better the larger it is; of
popularity and uneven exposure neither more nor less is better as such.

grain: slice_kind, slice, metric
check: verdict in ('better', 'worse', 'unclear')
*/
with

catalogue as (

    select
        metrics.metric,
        max(case when found.contender = 'recommender' then case metrics.metric
            when 'catalog_coverage' then found.catalog_coverage else found.exposure_gini
        end end) as metric_value,
        max(case when found.contender = 'bestsellers' then case metrics.metric
            when 'catalog_coverage' then found.catalog_coverage else found.exposure_gini
        end end) as bestseller_value
    from evaluation.catalogue_metrics as found
    cross join (
        select 'catalog_coverage' as metric
        union all select 'exposure_gini'
    ) as metrics
    group by metrics.metric

),

judged as (

    select count(distinct hits.user_no) as user_count
    from evaluation.hits

),

rated as (

    select
        found.slice_kind, found.slice, found.metric, found.judged_count,
        found.metric_value, found.metric_low, found.metric_high, found.bestseller_value,
        found.difference, found.difference_low, found.difference_high
    from evaluation.slice_metrics as found
    union all
    select
        'all', 'all', catalogue.metric, judged.user_count,
        round(catalogue.metric_value, 12), cast(null as double), cast(null as double),
        round(catalogue.bestseller_value, 12),
        round(catalogue.metric_value - catalogue.bestseller_value, 12),
        cast(null as double), cast(null as double)
    from catalogue
    cross join judged

)

select
    cast({{ run_id }} as bigint) as run_id,  -- the refresh
    cast({{ run_at }} as timestamp) as evaluated_at,  -- when it was evaluated, UTC
    {{ model }} as model,  -- blend: all scorers together as they are published; else one scorer alone
    {{ split }} as split,  -- how the test part was chosen: time, random, leave_last, given
    cast({{ k }} as bigint) as list_length,  -- places of a list: the k of the metrics
    {{ repeats }} as is_repeat_counted,  -- true: lists may show what the user has had, and finding it counts
    rated.slice_kind,
    rated.slice,
    rated.metric,
    rated.judged_count,
    rated.metric_value,
    rated.metric_low,
    rated.metric_high,
    rated.bestseller_value,
    rated.difference,
    rated.difference_low,
    rated.difference_high,
    case
        when rated.metric not like '%_at_k' then null
        when rated.difference_low > 0 then 'better'
        when rated.difference_high < 0 then 'worse'
        else 'unclear'
    end as verdict  -- better or worse than the bestseller list, or unclear: it may be chance
from rated

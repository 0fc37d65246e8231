/*
Every metric of every group: of lists, of all lists together, and of expected ratings.

grain: slice_kind, slice, metric
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

)

select
    lists.slice_kind, lists.slice, lists.metric, lists.judged_count,
    lists.metric_value, lists.metric_low, lists.metric_high, lists.bestseller_value,
    lists.difference, lists.difference_low, lists.difference_high
from evaluation.slice_metrics as lists
union all
select
    'all', 'all', catalogue.metric, judged.user_count,
    round(catalogue.metric_value, 12), cast(null as double), cast(null as double),
    round(catalogue.bestseller_value, 12),
    round(catalogue.metric_value - catalogue.bestseller_value, 12),
    cast(null as double), cast(null as double)
from catalogue
cross join judged
union all
select
    ratings.slice_kind, ratings.slice, ratings.metric, ratings.judged_count,
    ratings.metric_value, ratings.metric_low, ratings.metric_high, ratings.bestseller_value,
    ratings.difference, ratings.difference_low, ratings.difference_high
from evaluation.rating_metrics as ratings

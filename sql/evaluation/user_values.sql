/*
Every metric of every user, of the recommender and of the bestsellers: what is compared in pairs.

A user without any list finds nothing, and of how such a list is nothing can be said.

grain: stratum, user_no, metric
*/
with

metrics as (

    select 'precision_at_k' as metric
    union all select 'recall_at_k'
    union all select 'hit_rate_at_k'
    union all select 'ndcg_at_k'
    union all select 'map_at_k'
    union all select 'mrr_at_k'
    union all select 'user_coverage'
    union all select 'novelty'
    union all select 'intra_list_diversity'
    union all select 'average_recommendation_popularity'

),

told as (

    select
        found.contender, found.stratum, found.user_no,
        metrics.metric,
        case metrics.metric
            when 'precision_at_k' then found.precision_at_k
            when 'recall_at_k' then found.recall_at_k
            when 'hit_rate_at_k' then found.hit_rate_at_k
            when 'ndcg_at_k' then found.ndcg_at_k
            when 'map_at_k' then found.map_at_k
            when 'mrr_at_k' then found.mrr_at_k
            when 'user_coverage' then coalesce(lists.user_coverage, 0)
            when 'novelty' then lists.novelty
            when 'intra_list_diversity' then diversities.intra_list_diversity
            when 'average_recommendation_popularity' then lists.average_recommendation_popularity
        end as value
    from evaluation.ranking_metrics as found
    cross join metrics
    left join evaluation.list_metrics as lists
        on lists.contender = found.contender
        and lists.user_no = found.user_no
    left join evaluation.list_diversity as diversities
        on diversities.contender = found.contender
        and diversities.user_no = found.user_no
    where found.stratum = 'all'
        or metrics.metric like '%_at_k'

)

select
    told.stratum,
    told.user_no,
    told.metric,  -- which measure of quality; each is defined in evaluation.ranking_metrics, list_metrics, list_diversity, catalogue_metrics or rating_sums
    max(case when told.contender = 'recommender' then told.value end) as own_value,  -- of the recommender's list
    max(case when told.contender = 'bestsellers' then told.value end) as bestseller_value  -- the same for the bestseller list; of mae and rmse, for the items' mean ratings
from told
group by told.stratum, told.user_no, told.metric

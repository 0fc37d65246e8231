/*
What the list of each judged user is worth, by the one metric that a search for parameters raises.

One number is needed to say which of two settings is better. nDCG is a good one: it counts every
hit, and one in front for more.

grain: user_no
check: worth between 0 and 1
*/
select
    found.user_no,
    case {{ goal }}
        when 'precision_at_k' then found.precision_at_k
        when 'recall_at_k' then found.recall_at_k
        when 'hit_rate_at_k' then found.hit_rate_at_k
        when 'ndcg_at_k' then found.ndcg_at_k
        when 'map_at_k' then found.map_at_k
        when 'mrr_at_k' then found.mrr_at_k
    end as worth  -- what the list is worth: its value of the metric that is to be raised
from evaluation.ranking_metrics as found
where found.contender = 'recommender'
    and found.stratum = 'all'

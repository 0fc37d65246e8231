/*
How good the recommendations were found to be, each time `recsys evaluate` was run.

Rows come from evaluation.scorecard, which is built over a part of the data and thrown away;
a refresh adds none and publishes what is there.

grain: run_id, model, split, list_length, is_repeat_counted, slice_kind, slice, metric
kind: history
*/
select
    cast(null as bigint) as run_id,  -- the refresh
    cast(null as timestamp) as evaluated_at,  -- when it was evaluated, UTC
    cast(null as varchar) as model,  -- blend: all scorers together as they are published; else one scorer alone
    cast(null as varchar) as split,  -- how the test part was chosen: time, random, leave_last, given
    cast(null as bigint) as list_length,  -- places of a list: the k of the metrics
    cast(null as boolean) as is_repeat_counted,  -- true: lists may show what the user has had, and finding it counts
    cast(null as varchar) as slice_kind,  -- all, activity, segment, popularity (of what was chosen), or a user attribute
    cast(null as varchar) as slice,  -- the group
    cast(null as varchar) as metric,  -- which measure of quality; each is defined in evaluation.ranking_metrics, list_metrics, list_diversity, catalogue_metrics or rating_sums
    cast(null as bigint) as judged_count,  -- users who are judged
    cast(null as double) as metric_value,  -- what the recommender comes to
    cast(null as double) as metric_low,  -- lower end of its 95 % interval
    cast(null as double) as metric_high,  -- upper end
    cast(null as double) as bestseller_value,  -- the same for the bestseller list; of mae and rmse, for the items' mean ratings
    cast(null as double) as difference,  -- metric_value less bestseller_value, over the same users
    cast(null as double) as difference_low,  -- lower end of its 95 % interval
    cast(null as double) as difference_high,  -- upper end
    cast(null as varchar) as verdict  -- better or worse than the bestseller list, or unclear: it may be chance
where false

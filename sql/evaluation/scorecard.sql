/*
The scorecard of one evaluation: every metric, of all users and of every slice.

The verdict goes by the interval of the difference: errors are the better the smaller, what lists
find the larger; of popularity and uneven exposure neither more nor less is better as such.

grain: slice_kind, slice, metric
check: verdict in ('better', 'worse', 'unclear')
*/
select
    cast({{ run_id }} as bigint) as run_id,  -- the refresh
    cast({{ run_at }} as timestamp) as evaluated_at,  -- when it was evaluated, UTC
    {{ model }} as model,  -- blend: all scorers together as they are published; else one scorer alone
    {{ split }} as split,  -- how the test part was chosen: time, random, leave_last, given
    cast({{ k }} as bigint) as list_length,  -- places of a list: the k of the metrics
    {{ repeats }} as is_repeat_counted,  -- true: lists may show what the user has had, and finding it counts
    measured.slice_kind,
    measured.slice,
    measured.metric,
    measured.judged_count,
    measured.metric_value,
    measured.metric_low,
    measured.metric_high,
    measured.bestseller_value,
    measured.difference,
    measured.difference_low,
    measured.difference_high,
    case
        when measured.metric in ('mae', 'rmse') then case
            when measured.difference_high < 0 then 'better'
            when measured.difference_low > 0 then 'worse'
            else 'unclear'
        end
        when measured.metric not like '%_at_k' then null
        when measured.difference_low > 0 then 'better'
        when measured.difference_high < 0 then 'worse'
        else 'unclear'
    end as verdict  -- better or worse than the bestseller list, or unclear: it may be chance
from evaluation.measured

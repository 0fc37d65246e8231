/*
Whether each item sells more or less than it did.

Orders of the last days against those of as many days before, between -1 and 1, so that an
item which was never sold before has a number too. Both counts are there to judge it by:
from nothing to one order is a trend of 1 and no news.

grain: item_id
check: trend between -1 and 1
*/
with

counted as (

    select
        lines.item_id,
        count(distinct case
            when lines.ordered_on > clock.reference_on - {{ trend_days }} then lines.order_id
        end) as recent_order_count,
        count(distinct case
            when lines.ordered_on <= clock.reference_on - {{ trend_days }} then lines.order_id
        end) as previous_order_count
    from staging.order_lines as lines
    cross join profile.clock
    where lines.order_line_no is not null
        and lines.item_id is not null
        and lines.ordered_on > clock.reference_on - 2 * {{ trend_days }}
    group by lines.item_id

)

select
    counted.item_id,
    counted.recent_order_count,  -- orders in the last days before the reference date (profile.trend_days)
    counted.previous_order_count,  -- orders in as many days before them
    (counted.recent_order_count - counted.previous_order_count)
        / cast(nullif(counted.recent_order_count + counted.previous_order_count, 0) as double)
        as trend  -- their difference over their sum: -1 sold no more, 0 as before, 1 only now; empty: in neither
from counted

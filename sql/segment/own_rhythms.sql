/*
How often each customer comes by herself, and since when she is back from her last lapse.

Lapses are no part of the rhythm: who was away for a year and comes monthly again has a month.

grain: user_id
*/
select
    gaps.user_id,
    count(*) filter (where lapses.gap_no is null) as own_gap_count,  -- gaps between her days with orders that were no lapses
    median(gaps.gap_days) filter (where lapses.gap_no is null) as own_order_gap_days,  -- median of them
    max(gaps.gap_days) filter (where lapses.gap_no is null) as longest_gap_days,  -- the longest of them
    max(lapses.gap_ended_on) as returned_on,  -- the day on which she came back from her last lapse
    count(*) - max(lapses.gap_no) + 1 as orders_since_return  -- days with orders from then on
from profile.order_gaps as gaps
left join segment.lapses
    on lapses.user_id = gaps.user_id
    and lapses.gap_no = gaps.gap_no
group by gaps.user_id

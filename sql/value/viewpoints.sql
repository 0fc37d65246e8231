/*
The days from which one looks ahead: today, and the day before the last stretch of the history.

What is forecast from the earlier day has come to pass since, so it shows how far to trust
what is forecast today. It needs a history that is long enough before that day too.

grain: viewpoint
*/
with

days as (

    select
        'now' as viewpoint,
        clock.reference_on as seen_until_on
    from profile.clock
    union all
    select
        'before the holdout',
        clock.reference_on - {{ holdout_days }}
    from profile.clock

)

select
    days.viewpoint,  -- now, or before the holdout
    days.seen_until_on,  -- the last day of which anything is known there
    days_between(evidence.history_from_on, days.seen_until_on) as seen_days  -- days from the first order of all to then
from days
cross join profile.order_evidence as evidence
where days.viewpoint = 'now'
    or days_between(evidence.history_from_on, days.seen_until_on) >= {{ min_history_days }}

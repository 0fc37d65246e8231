/*
How far one looks ahead from each viewpoint, in steps.

A year is cut into five steps, so that later orders can be discounted more than sooner ones.

grain: viewpoint, horizon_days
*/
with

steps as (

    select 'now' as viewpoint, 30 as until_days, 0 as from_days
    union all
    select 'now', 90, 30
    union all
    select 'now', 180, 90
    union all
    select 'now', 270, 180
    union all
    select 'now', 365, 270
    union all
    select 'before the holdout', {{ holdout_days }}, 0

)

select
    steps.viewpoint,  -- now, or before the holdout
    steps.until_days as horizon_days,  -- days ahead
    steps.from_days  -- the horizon before, from which this step goes on
from steps

/*
How many were in each segment a period and a year ago, as far as history knows.

It goes by the last day that history knows within the period before, or of the same time a
year, that is 52 weeks, ago.

grain: segmentation, segment
*/
with

days as (

    select
        max(known.known_on) filter (
            where known.known_on <= clock.known_on - {{ compare_days }}
            and known.known_on > clock.known_on - 2 * {{ compare_days }}
        ) as previous_on,
        max(known.known_on) filter (where known.known_on <= clock.known_on - 364) as year_before_on
    from segment.definitions as known
    inner join profile.clock
        on known.known_on > clock.known_on - 364 - {{ compare_days }}

),

steps as (

    select moves.segmentation, moves.segment, moves.known_on, 1 as step
    from segment.moves
    where moves.segment is not null
    union all
    select moves.segmentation, moves.previous_segment, moves.known_on, -1
    from segment.moves
    where moves.previous_segment is not null

)

select
    strategies.segmentation,
    strategies.segment,
    days.previous_on,  -- the day of the period before that history knows; empty: none
    days.year_before_on,  -- the day a year ago that history knows; empty: none
    case
        when days.previous_on is not null
            then coalesce(sum(case when steps.known_on <= days.previous_on then steps.step end), 0)
    end as previous_user_count,  -- users in it then
    case
        when days.year_before_on is not null
            then coalesce(
                sum(case when steps.known_on <= days.year_before_on then steps.step end), 0)
    end as year_before_user_count  -- users in it a year ago
from segment.strategies
cross join days
left join steps
    on steps.segmentation = strategies.segmentation
    and steps.segment = strategies.segment
group by
    strategies.segmentation, strategies.segment, days.previous_on, days.year_before_on

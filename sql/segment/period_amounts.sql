/*
What the present members of each segment spent in the last period, the one before, and a year ago.

Whole weeks weigh the weekdays alike, and a year is 52 of them. Where the orders do not reach
back as far, nothing is said.

grain: segmentation, segment
*/
with

periods as (

    select
        clock.reference_on as until_on,
        clock.reference_on - {{ compare_days }} as period_on,
        clock.reference_on - 2 * {{ compare_days }} as before_on,
        clock.reference_on - 364 as year_until_on,
        clock.reference_on - 364 - {{ compare_days }} as year_on,
        evidence.history_from_on
    from profile.clock
    cross join profile.order_evidence as evidence

),

spent as (

    select
        memberships.segmentation,
        memberships.segment,
        sum(case when dealings.ordered_on > periods.period_on then dealings.net_amount else 0 end)
            as this_amount,
        sum(case
            when dealings.ordered_on > periods.before_on
                and dealings.ordered_on <= periods.period_on
                then dealings.net_amount else 0
        end) as before_amount,
        sum(case
            when dealings.ordered_on > periods.year_on
                and dealings.ordered_on <= periods.year_until_on
                then dealings.net_amount else 0
        end) as year_amount
    from segment.memberships
    cross join periods
    inner join profile.dealings
        on dealings.user_id = memberships.user_id
        and dealings.ordered_on <= periods.until_on
    group by memberships.segmentation, memberships.segment

)

select
    spent.segmentation,
    spent.segment,
    cast(spent.this_amount as decimal(18, 4)) as period_net_amount,  -- net amount of its members in the last {{ compare_days }} days
    cast(
        case when periods.history_from_on <= periods.before_on + 1 then spent.before_amount end
        as decimal(18, 4)
    ) as previous_period_net_amount,  -- of the same people in as many days before; empty: the orders do not reach back
    cast(
        case when periods.history_from_on <= periods.year_on + 1 then spent.year_amount end
        as decimal(18, 4)
    ) as year_before_net_amount  -- of the same people a year, that is 52 weeks, ago; empty: the orders do not reach back
from spent
cross join periods

/*
How long others stay silent before they come again, by main category and over all.

They are asked where a customer has no rhythm of her own yet. So only the gaps count that they
made at that stage, before they had one either; otherwise the few who order most would set the
pace for everybody. A category in which too few came again is not asked.

grain: asked_category
check: slowing_after_days <= at_risk_after_days
check: at_risk_after_days <= lapsed_after_days
*/
with

early as (

    select
        gaps.gap_days,
        main_categories.main_category
    from profile.order_gaps as gaps
    left join profile.main_categories
        on main_categories.user_id = gaps.user_id
    where gaps.gap_no < {{ lifecycle_min_orders }}

),

asked as (

    select early.main_category as asked_category, early.gap_days
    from early
    where early.main_category is not null
    union all
    select '(all)', early.gap_days
    from early

),

waits as (

    select
        asked.asked_category,
        count(*) as gap_count,
        median(asked.gap_days) as usual_gap_days,
        quantile_of(asked.gap_days, nth_of({{ lifecycle_return_shares }}, 1)) as most_days,
        quantile_of(asked.gap_days, nth_of({{ lifecycle_return_shares }}, 2)) as nearly_all_days,
        quantile_of(asked.gap_days, nth_of({{ lifecycle_return_shares }}, 3)) as all_days
    from asked
    group by asked.asked_category

)

select
    waits.asked_category,  -- the main category of those who are asked; (all): everybody
    waits.usual_gap_days as asked_gap_days,  -- median of their early gaps
    whole_days(greatest(waits.most_days, nth_of({{ lifecycle_least_days }}, 1)))
        as slowing_after_days,  -- days of silence after which a customer is slowing
    whole_days(greatest(waits.nearly_all_days, nth_of({{ lifecycle_least_days }}, 2)))
        as at_risk_after_days,  -- days of silence after which a customer is at risk
    whole_days(greatest(waits.all_days, nth_of({{ lifecycle_least_days }}, 3)))
        as lapsed_after_days  -- days of silence after which a customer has lapsed
from waits
where waits.gap_count >= {{ lifecycle_min_gaps }}
    or waits.asked_category = '(all)'

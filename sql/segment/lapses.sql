/*
The gaps in which a customer had lapsed before she came back.

Each gap is judged by what was known when it began: by the gaps before it once they make a
rhythm, else by those of others. So a later habit excuses no earlier lapse, and a lapse does
not become part of the rhythm that it is measured by.

grain: user_id, gap_no
*/
with

followed as (

    select
        gaps.user_id,
        gaps.gap_no,
        gaps.gap_days,
        gaps.gap_ended_on,
        median(gaps.gap_days) over (
            partition by gaps.user_id
            order by gaps.gap_no
            rows between unbounded preceding and 1 preceding
        ) as usual_days,
        max(gaps.gap_days) over (
            partition by gaps.user_id
            order by gaps.gap_no
            rows between unbounded preceding and 1 preceding
        ) as longest_days
    from profile.order_gaps as gaps

)

select
    followed.user_id,
    followed.gap_no,
    followed.gap_days,
    followed.gap_ended_on
from followed
left join profile.main_categories
    on main_categories.user_id = followed.user_id
left join segment.others_gaps as category
    on category.asked_category = main_categories.main_category
inner join segment.others_gaps as everybody
    on everybody.asked_category = '(all)'
where followed.gap_days > case
    when followed.gap_no >= {{ lifecycle_min_orders }} then days_of_patience(
        3, followed.usual_days, followed.longest_days,
        {{ lifecycle_gap_factors }}, {{ lifecycle_least_days }}
    )
    else coalesce(category.lapsed_after_days, everybody.lapsed_after_days)
end

/*
On which weekday and at what hour most of each segment's users order.

Each user has one voice, however often she orders. Of equally many the day that comes first in
the alphabet and the earlier hour decide.

grain: segmentation, segment
check: coalesce(usual_hour between 0 and 23, true)
*/
with

voices as (

    select
        memberships.segmentation,
        memberships.segment,
        'weekday' as habit,
        habits.preferred_weekday as sign,
        0 as sign_no
    from segment.memberships
    inner join profile.user_habits as habits
        on habits.user_id = memberships.user_id
    where habits.preferred_weekday is not null
    union all
    select
        memberships.segmentation,
        memberships.segment,
        'hour',
        cast(habits.preferred_hour as varchar),
        habits.preferred_hour
    from segment.memberships
    inner join profile.user_habits as habits
        on habits.user_id = memberships.user_id
    where habits.preferred_hour is not null

),

counted as (

    select
        voices.segmentation,
        voices.segment,
        voices.habit,
        voices.sign,
        count(*) / cast(nullif(sum(count(*)) over (
            partition by voices.segmentation, voices.segment, voices.habit
        ), 0) as double) as sign_share
    from voices
    group by
        voices.segmentation, voices.segment, voices.habit, voices.sign, voices.sign_no
    qualify row_number() over (
        partition by voices.segmentation, voices.segment, voices.habit
        order by count(*) desc, voices.sign_no, voices.sign
    ) = 1

)

select
    counted.segmentation,
    counted.segment,
    max(case when counted.habit = 'weekday' then counted.sign end)
        as usual_weekday,  -- local weekday that most of its users order on
    max(case when counted.habit = 'weekday' then counted.sign_share end)
        as usual_weekday_share,  -- of its users whose weekday is known
    cast(max(case when counted.habit = 'hour' then counted.sign end) as integer)
        as usual_hour,  -- local hour that most of its users order at, 0 to 23; empty: no times of day
    max(case when counted.habit = 'hour' then counted.sign_share end)
        as usual_hour_share  -- of its users whose hour is known
from counted
group by counted.segmentation, counted.segment

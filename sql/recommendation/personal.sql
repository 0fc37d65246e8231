/*
The best items of each user by the weighted scores.

What may not be shown is filtered before it is cut, so that nobody gets fewer than there
are. Ties go to the more popular item.

grain: user_no, item_no
*/
with

totals as (

    select
        scores.user_no,
        scores.item_no,
        round(sum(scores.contribution), 9) as score
    from score.scores
    inner join profile.items
        on items.item_no = scores.item_no
        and items.is_available
    left join recommendation.exclusions
        on exclusions.user_no = scores.user_no
        and exclusions.item_no = scores.item_no
    where exclusions.item_no is null
    group by scores.user_no, scores.item_no

),

best as (

    select
        totals.user_no,
        unnest(top_rows(totals.score, totals.item_no, null, {{ top_n }})) as pick
    from totals
    group by totals.user_no

)

select
    best.user_no,
    best.pick.number as item_no,
    best.pick.value as score,
    row_number() over (
        partition by best.user_no
        order by best.pick.value desc, best.pick.number
    ) as rank  -- 1 is the nearest or best
from best

/*
Which of the user's own items a recommendation comes from, the strongest first.

What lies beyond the strongest few is one row `other`, so that the rows of a
recommendation add up to what its items contributed.

grain: user_no, list, item_no, reason_rank
*/
with

contributed as (

    select
        lists.user_no,
        lists.list,
        lists.item_no,
        contributions.source_item_no,
        contributions.contribution,
        contributions.scorer_weight,
        row_number() over (
            partition by lists.user_no, lists.list, lists.item_no
            order by contributions.contribution desc, contributions.source_item_no
        ) as position
    from recommendation.lists
    inner join score.item_contributions as contributions
        on contributions.user_no = lists.user_no
        and contributions.item_no = lists.item_no
    where lists.source = 'personalized'

)

select
    contributed.user_no,
    contributed.list,
    contributed.item_no,
    least(contributed.position, {{ reasons }} + 1) as reason_rank,  -- 1 is the strongest reason
    case
        when contributed.position <= {{ reasons }} then min(contributed.source_item_no)
    end as source_item_no,
    cast(sum(contributed.contribution) as double) * contributed.scorer_weight as contribution
from contributed
group by
    contributed.user_no, contributed.list, contributed.item_no,
    least(contributed.position, {{ reasons }} + 1),
    contributed.position <= {{ reasons }},
    contributed.scorer_weight

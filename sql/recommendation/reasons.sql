/*
The strongest reasons of a recommendation, one by one.

What lies beyond the strongest few is one row `other`, so that the rows add up to the score.

grain: user_no, list, item_no, reason_rank
*/
with

placed as (

    select
        causes.user_no,
        causes.list,
        causes.item_no,
        causes.source_kind,
        causes.source_no,
        causes.contribution,
        least({{ reasons }} + 1, row_number() over (
            partition by causes.user_no, causes.list, causes.item_no
            order by causes.contribution desc, causes.source_kind, causes.source_no
        )) as place
    from recommendation.causes

)

select
    placed.user_no,
    placed.list,
    placed.item_no,
    placed.place as reason_rank,  -- 1 is the strongest reason
    case
        when placed.place <= {{ reasons }} then min(placed.source_kind)
        else 'other'
    end as source_kind,
    case when placed.place <= {{ reasons }} then min(placed.source_no) end as source_no,
    cast(sum(placed.contribution) as double) as contribution
from placed
group by placed.user_no, placed.list, placed.item_no, placed.place

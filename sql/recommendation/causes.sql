/*
All that a recommendation comes from: items, similar users, tastes, popularity.

Each source has of a scorer's contribution the share that it has of the scorer's score, so
that the rows of a recommendation add up to its score.

grain: user_no, list, item_no, source_kind, source_no
*/
with

shares as (

    select
        scores.user_no,
        scores.list,
        scores.item_no,
        parts.source_kind,
        parts.source_no,
        scores.contribution * cast(parts.contribution as double) / nullif(cast(sum(
            parts.contribution
        ) over (
            partition by scores.user_no, scores.list, scores.item_no, scores.scorer
        ) as double), 0) as contribution
    from recommendation.list_scores as scores
    inner join score.contributions as parts
        on parts.scorer = scores.scorer
        and parts.user_no = scores.user_no
        and parts.item_no = scores.item_no
    inner join recommendation.lists
        on lists.user_no = scores.user_no
        and lists.list = scores.list
        and lists.item_no = scores.item_no
        and lists.source = 'personalized'
    union all
    select
        lists.user_no,
        lists.list,
        lists.item_no,
        case when lists.source = 'rhythm' then 'rhythm' else 'popularity' end as source_kind,
        0 as source_no,
        lists.score as contribution
    from recommendation.lists
    where lists.source <> 'personalized'

)

select
    shares.user_no,
    shares.list,
    shares.item_no,
    shares.source_kind,
    shares.source_no,
    sum(cast(shares.contribution as decimal(28, 15))) as contribution
from shares
group by
    shares.user_no, shares.list, shares.item_no,
    shares.source_kind, shares.source_no

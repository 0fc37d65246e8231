/*
What each scorer adds to the score of what is recommended.

Bestsellers have one scorer, their popularity; what is due has one, its rhythm.

grain: user_no, list, item_no, scorer
*/
select
    lists.user_no,
    lists.list,
    lists.item_no,
    lists.source,
    blend.scorer,
    cast(blend.contribution as double) as contribution,
    blend.factor
from recommendation.lists
inner join recommendation.blend
    on blend.user_no = lists.user_no
    and blend.item_no = lists.item_no
where lists.source = 'personalized'
    and blend.contribution <> 0
union all
select
    lists.user_no,
    lists.list,
    lists.item_no,
    lists.source,
    case when lists.source = 'rhythm' then 'rhythm' else 'popularity' end as scorer,
    lists.score as contribution,
    cast(null as double) as factor
from recommendation.lists
where lists.source <> 'personalized'

/*
All that a recommendation comes from: items, similar users, tastes, popularity.

What a source adds to a scorer's score counts as the whole score does, so that the rows of a
recommendation add up to its score. Every scorer is asked by itself, and only of what is
recommended.

grain: user_no, list, item_no, source_kind, source_no
members: tables of score
*/
with

asked as (

    select distinct
        lists.user_no as asked_user_no,
        lists.item_no as asked_item_no
    from recommendation.lists
    where lists.source = 'personalized'

),

told as (

    {% for member in members %}
    select
        scores.user_no, scores.list, scores.item_no,
        parts.source_kind, parts.source_no,
        scores.factor * parts.contribution as contribution
    from recommendation.list_scores as scores
    inner join {{ member.among_asked }} as parts
        on parts.user_no = scores.user_no
        and parts.item_no = scores.item_no
    where scores.scorer = {{ member.name }}
        and scores.source = 'personalized'
    union all
    {% endfor %}
    select
        lists.user_no, lists.list, lists.item_no,
        case when lists.source = 'rhythm' then 'rhythm' else 'popularity' end as source_kind,
        0 as source_no,
        lists.score as contribution
    from recommendation.lists
    where lists.source <> 'personalized'

)

select
    told.user_no,
    told.list,
    told.item_no,
    told.source_kind,  -- what speaks for the item: item, user, taste, popularity or rhythm
    told.source_no,  -- its number; 0 where it has none
    sum(cast(told.contribution as decimal(24, 12))) as contribution  -- what this adds to the score
from told
group by told.user_no, told.list, told.item_no, told.source_kind, told.source_no

/*
The list of every user: personal recommendations first, bestsellers where those run out.

grain: user_no, list, rank
check: source in ('personalized', 'segment', 'popular_fallback')
*/
with

personal_counts as (

    select
        personal.user_no,
        count(*) as item_count
    from recommendation.personal
    group by personal.user_no

)

select
    personal.user_no,
    'discover' as list,  -- discover: things the user has not had yet
    personal.rank,
    personal.item_no,
    personal.score,
    'personalized' as source  -- personalized; segment: bestsellers of users with the same attribute; popular_fallback: of all
from recommendation.personal
union all
select
    popular.user_no,
    'discover' as list,
    popular.rank + coalesce(personal_counts.item_count, 0) as rank,
    popular.item_no,
    popular.score,
    popular.source
from recommendation.popular
left join personal_counts
    on personal_counts.user_no = popular.user_no

/*
The lists of every user: what to discover, and what is due to be bought again.

Discoveries are personal first, bestsellers where those run out, so that everybody gets a
full list. Who buys nothing again has no second list.

grain: user_no, list, rank
check: source in ('personalized', 'segment', 'popular_fallback', 'rhythm')
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
    'discover' as list,  -- discover: what the user has not had yet; buy_again: what is due again
    personal.rank,
    personal.item_no,
    personal.score,
    'personalized' as source,  -- personalized; segment: bestsellers of users with the same attribute; popular_fallback: of all; rhythm: due again
    cast(null as date) as expected_on  -- when the next purchase is expected
from recommendation.personal
union all
select
    popular.user_no,
    'discover' as list,
    popular.rank + coalesce(personal_counts.item_count, 0) as rank,
    popular.item_no,
    popular.score,
    popular.source,
    cast(null as date) as expected_on
from recommendation.popular
left join personal_counts
    on personal_counts.user_no = popular.user_no
union all
select
    due.user_no,
    'buy_again' as list,
    due.rank,
    due.item_no,
    due.score,
    'rhythm' as source,
    due.expected_on
from recommendation.due

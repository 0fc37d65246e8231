/*
Bestsellers for the places that personal recommendations leave empty.

First those of the user's group, if she is in one, then those of everybody. Who has had n
products needs to look no further than n + top_n of a chart, never at the whole catalogue.

grain: user_no, item_no
*/
with

taken as (

    select exclusions.user_no, exclusions.kin_no
    from recommendation.exclusions
    union
    select personal.user_no, item_kin.kin_no
    from recommendation.personal
    inner join profile.item_kin on item_kin.item_no = personal.item_no

),

places as (

    select
        users.user_no,
        {{ top_n }} - count(personal.item_no) as place_count
    from profile.users
    left join recommendation.personal
        on personal.user_no = users.user_no
    where not users.is_excluded
    group by users.user_no
    having count(personal.item_no) < {{ top_n }}

),

reach as (

    select
        places.user_no,
        places.place_count,
        places.place_count + count(taken.kin_no) as depth
    from places
    left join taken
        on taken.user_no = places.user_no
    group by places.user_no, places.place_count

),

offered as (

    select
        reach.user_no,
        reach.place_count,
        charts.group_name,
        charts.position,
        charts.item_no,
        charts.popularity_share
    from reach
    left join recommendation.group_members as members
        on members.user_no = reach.user_no
    inner join recommendation.charts
        on charts.group_name in ('', members.group_name)
        and charts.position <= reach.depth
    left join taken
        on taken.user_no = reach.user_no
        and taken.kin_no = charts.kin_no
    where taken.kin_no is null
    qualify row_number() over (
        partition by reach.user_no, charts.kin_no
        order by charts.group_name desc
    ) = 1

)

select
    offered.user_no,
    offered.item_no,
    offered.popularity_share as score,  -- how much speaks for the item; only comparable within one list and source
    case when offered.group_name = '' then 'popular_fallback' else 'segment' end as source,  -- personalized; segment: bestsellers of users with the same attribute; popular_fallback: of all; rhythm: due again
    row_number() over (
        partition by offered.user_no
        order by offered.group_name desc, offered.position
    ) as rank  -- 1 is the nearest or best
from offered
qualify row_number() over (
    partition by offered.user_no
    order by offered.group_name desc, offered.position
) <= offered.place_count

/*
Bestsellers for the places that personal recommendations leave empty.

A user who has had n of the bestsellers needs to look no further than n + top_n of them,
so nobody is compared with the whole catalogue.

grain: user_no, item_no
*/
with

taken as (

    select
        exclusions.user_no,
        exclusions.item_no
    from recommendation.exclusions
    union
    select
        personal.user_no,
        personal.item_no
    from recommendation.personal

),

lacking as (

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
        lacking.user_no,
        any_value(lacking.place_count) as place_count,
        count(taken.item_no) + any_value(lacking.place_count) as depth
    from lacking
    left join taken
        on taken.user_no = lacking.user_no
    group by lacking.user_no

),

bestsellers as (

    select
        items.item_no,
        items.interested_count,
        row_number() over (order by items.item_no) as position
    from profile.items
    where items.is_available

)

select
    reach.user_no,
    bestsellers.item_no,
    cast(bestsellers.interested_count as double)
        / nullif((select count(*) from profile.users), 0) as score,
    row_number() over (
        partition by reach.user_no
        order by bestsellers.item_no
    ) as rank  -- 1 is the nearest or best
from reach
inner join bestsellers
    on bestsellers.position <= reach.depth
left join taken
    on taken.user_no = reach.user_no
    and taken.item_no = bestsellers.item_no
where taken.item_no is null
qualify row_number() over (
    partition by reach.user_no
    order by bestsellers.item_no
) <= reach.place_count

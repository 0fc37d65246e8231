/*
The bestseller charts: one of everybody, and one of each group of users.

A product stands in a chart once, as its most popular available variant. The chart of
everybody holds the whole catalogue, so that a list can always be filled.

grain: group_name, item_no
*/
with

heard as (

    select
        members.group_name,
        presence.item_no,
        round(
            cast(sum(presence.presence) as double)
                / nullif(any_value(members.group_user_count), 0),
            9
        ) as popularity_share
    from profile.presence
    inner join recommendation.group_members as members
        on members.user_no = presence.user_no
    group by members.group_name, presence.item_no
    union all
    select
        '' as group_name,
        items.item_no,
        coalesce(popular.popularity_share, 0) as popularity_share
    from profile.items
    left join profile.item_popularity as popular
        on popular.item_no = items.item_no

),

showable as (

    select
        heard.group_name,
        heard.item_no,
        item_kin.kin_no,
        heard.popularity_share
    from heard
    inner join profile.items
        on items.item_no = heard.item_no
        and items.is_available
    inner join profile.item_kin
        on item_kin.item_no = heard.item_no
    qualify row_number() over (
        partition by heard.group_name, item_kin.kin_no
        order by heard.popularity_share desc, heard.item_no
    ) = 1

)

select
    showable.group_name,
    row_number() over (
        partition by showable.group_name
        order by showable.popularity_share desc, showable.item_no
    ) as position,  -- 1 is the bestseller
    showable.item_no,
    showable.kin_no,
    showable.popularity_share
from showable

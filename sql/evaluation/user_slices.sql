/*
The groups in which the judged users are looked at by themselves.

Everybody; the thirds by how many products they had had; their segments before the test part;
and every published attribute, so that a gap between groups is seen. A group of fewer than
`min_slice_users` is left out: it would tell more of chance, and of persons, than of lists.

grain: slice_kind, slice, user_no
*/
with

judged as (

    select distinct hits.user_no
    from evaluation.hits

),

activities as (

    select
        judged.user_no,
        cast(rank() over (order by count(user_item.item_no)) - 1 as double)
            / nullif(count(*) over (), 0) as quieter_share
    from judged
    left join profile.user_item
        on user_item.user_no = judged.user_no
    group by judged.user_no

),

grouped as (

    select 'activity' as slice_kind, case
        when activities.quieter_share < 1.0 / 3 then 'least active third'
        when activities.quieter_share < 2.0 / 3 then 'middle third'
        else 'most active third'
    end as slice, activities.user_no
    from activities
    union all
    select distinct 'segment', memberships.segment, judged.user_no
    from segment.memberships
    inner join profile.users
        on users.user_id = memberships.user_id
    inner join judged
        on judged.user_no = users.user_no
    union all
    select
        case
            when attributes.attribute in ('all', 'activity', 'segment', 'popularity')
                then 'attribute ' || attributes.attribute
            else attributes.attribute
        end, attributes.attribute_value, judged.user_no
    from profile.user_attributes as attributes
    inner join judged
        on judged.user_no = attributes.user_no

)

select
    'all' as slice_kind,  -- all, activity, segment, popularity (of what was chosen), or a user attribute
    'all' as slice,  -- the group
    judged.user_no
from judged
union all
select
    grouped.slice_kind,
    grouped.slice,
    grouped.user_no
from grouped
qualify count(*) over (partition by grouped.slice_kind, grouped.slice) >= {{ min_slice_users }}

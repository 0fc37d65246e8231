/*
Whom the self-join's work comes from: the three heaviest on each axis.

A user with n items makes n times n pair rows of items, and an item with n users as
many of users. So one robot, one till's default card or one carrier bag can cost more
than all others together. `recsys doctor` reads it.

grain: axis, heavy_rank
kind: view
before: similarity.nearest
*/
with

degrees as (

    select
        entries.axis,
        entries.shared_no,
        count(*) as holder_count
    from similarity.entries
    group by entries.axis, entries.shared_no

),

ranked as (

    select
        degrees.axis,
        degrees.shared_no,
        degrees.holder_count,
        degrees.holder_count * degrees.holder_count as caused_count,
        sum(degrees.holder_count * degrees.holder_count) over (
            partition by degrees.axis
        ) as caused_total,
        row_number() over (
            partition by degrees.axis
            order by degrees.holder_count desc, degrees.shared_no
        ) as heavy_rank
    from degrees

)

select
    ranked.axis,
    ranked.heavy_rank,  -- 1 causes the most work
    coalesce(users.user_id, items.item_id, features.value) as shared_id,  -- the item, user or feature that entities have in common
    ranked.holder_count,  -- entities that have it in common
    ranked.caused_count,  -- pair rows that it causes: their number squared
    ranked.caused_count / cast(ranked.caused_total as double) as caused_share  -- of all pair rows of the axis
from ranked
left join profile.users
    on ranked.axis = 'item'
    and users.user_no = ranked.shared_no
left join profile.items
    on ranked.axis = 'user'
    and items.item_no = ranked.shared_no
left join profile.features
    on ranked.axis = 'item'
    and features.feature_no = -1 * ranked.shared_no
where ranked.heavy_rank <= 3

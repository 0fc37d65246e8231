/*
What a cap would leave out of the self-join, and what it would save.

Pair rows grow with the square of what entities share, so that cutting the few longest lists
to their newest part can save most of the work. Each row is a cap that would save something:
on the axis `item` of similarity.newest_items_per_user, on the axis `user` of
similarity.newest_users_per_item. `recsys doctor` and `recsys refresh --dry-run` read it.

grain: axis, cap
kind: view
before: similarity.nearest
*/
with

degrees as (

    select entries.axis, entries.shared_no, count(*) as degree
    from similarity.entries
    group by entries.axis, entries.shared_no

),

ladder as (

    select steps.cap
    from (
        values (100), (200), (500), (1000), (2000), (5000), (10000), (20000), (50000), (100000)
    ) as steps (cap)

)

select
    degrees.axis,
    ladder.cap,  -- the newest that would count
    count(*) filter (where degrees.degree > ladder.cap) as capped_count,  -- users or items that have more
    cast(sum(greatest(degrees.degree - ladder.cap, 0)) as bigint) as left_out_count,  -- user-item pairs left out
    cast(sum(greatest(degrees.degree - ladder.cap, 0)) as double)
        / nullif(sum(degrees.degree), 0) as left_out_share,  -- of all user-item pairs
    cast(sum(
        degrees.degree * degrees.degree
        - least(degrees.degree, ladder.cap) * least(degrees.degree, ladder.cap)
    ) as bigint) as saved_count,  -- pair rows saved
    1 - cast(sum(least(degrees.degree, ladder.cap) * least(degrees.degree, ladder.cap)) as double)
        / nullif(sum(degrees.degree * degrees.degree), 0) as saved_share  -- of all pair rows of the axis
from degrees
cross join ladder
group by degrees.axis, ladder.cap
having sum(greatest(degrees.degree - ladder.cap, 0)) > 0

/*
The entities of each axis in the order of how much they have, cut into strips.

The self-join takes two strips at a time. A strip is as wide as the sums of its pairs fit the
processor's cache, and where entities have little it goes on until a tile of two such strips
makes enough pair rows to be worth a statement.

grain: axis, entity_no
check: place_no >= 0
*/
with

weighed as (

    select
        totals.axis, totals.entity_no,
        totals.degree_count, totals.weight_sum, totals.square_sum,
        work.pair_row_count,
        least(
            1.0 / {{ strip_width }},
            cast(work.pair_row_count as double) / nullif(sqrt(
                cast({{ tile_pair_rows }} as double)
                * sum(work.pair_row_count) over (partition by totals.axis)
            ), 0)
        ) as strip_share
    from similarity.totals
    inner join similarity.work
        on work.axis = totals.axis
        and work.entity_no = totals.entity_no

)

select
    weighed.axis, weighed.entity_no,
    weighed.degree_count, weighed.weight_sum, weighed.square_sum, weighed.pair_row_count,
    cast(row_number() over (
        partition by weighed.axis
        order by weighed.degree_count desc, weighed.entity_no
    ) - 1 as integer) as place_no,  -- 0 is the entity that has most
    cast(floor(sum(cast(weighed.strip_share as decimal(18, 12))) over (
        partition by weighed.axis
        order by weighed.degree_count desc, weighed.entity_no
        rows between unbounded preceding and current row
    ) - cast(weighed.strip_share as decimal(18, 12))) as integer) as strip_no  -- its strip, from 0
from weighed

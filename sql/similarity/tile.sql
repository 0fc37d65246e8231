/*
The self-join cut into strips of entities with about the same work each.

A strip's pairs are all that is in memory at once. Where one engine needs no tiles, one
strip with everything gives the same result.

grain: axis, first_no
*/
with

counted as (

    select
        work.axis,
        work.entity_no,
        work.pair_row_count,
        sum(work.pair_row_count) over (
            partition by work.axis
            order by work.entity_no
            rows between unbounded preceding and current row
        ) as rows_so_far
    from similarity.work

),

numbered as (

    select
        counted.axis,
        counted.entity_no,
        counted.pair_row_count,
        ceil(cast(counted.rows_so_far as double) / nullif({{ tile_pair_rows }}, 0)) as tile_no
    from counted

)

select
    numbered.axis,
    min(numbered.entity_no) as first_no,  -- the first entity of the strip
    max(numbered.entity_no) as last_no,  -- the last entity of the strip
    cast(sum(numbered.pair_row_count) as bigint) as pair_row_count
from numbered
group by numbered.axis, numbered.tile_no

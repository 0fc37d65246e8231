/*
How large the self-join will be: known before it runs, so that nobody finds out after a day.

`recsys doctor` and `recsys refresh --dry-run` print it, and a refresh that would go beyond
the limit stops before it begins.

grain: axis
kind: view
before: similarity.nearest
*/
with

tiles as (

    select
        tile.axis,
        max(least(
            tile.joined_row_count,
            (tile.last_place_no - tile.first_place_no + 1)
                * (tile.other_last_place_no - tile.other_first_place_no + 1)
        )) as largest_tile_count
    from similarity.tile
    group by tile.axis

)

select
    work.axis,
    count(*) as entity_count,  -- users or items that are compared
    cast(sum(work.pair_row_count) as bigint) as pair_row_count,
    cast(min(tiles.largest_tile_count) as bigint) as largest_tile_count,  -- sums that one tile keeps, at most
    sum(work.pair_row_count) <= {{ max_pair_rows }} as is_small_enough  -- whether a refresh begins with it
from similarity.work
inner join tiles
    on tiles.axis = work.axis
group by work.axis

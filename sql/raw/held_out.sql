/*
The rows that somebody names to be held out: the test part of a split made elsewhere.

Empty unless `recsys evaluate` is given such a list. A row is named by its number in the order
in which its source is read, as in staging.interactions.

grain: source, source_row
*/
select
    cast(told.source as varchar) as source,  -- the source's name in the project file
    cast(told.source_row as bigint) as source_row  -- number of the row in reading order, from 1
from {{ held_out }} as told

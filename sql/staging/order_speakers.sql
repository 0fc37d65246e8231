/*
Which order headers speak for the lines of an interaction source.

Those of the order source with the same name; where there is none, those of all order
sources that have no such namesake. Two shops that both count their orders from 1 keep
apart if each gives its interactions and its orders one name.

grain: source
*/
with

line_sources as (

    select distinct interactions.source
    from raw.interactions

),

header_sources as (

    select distinct orders.source
    from raw.orders

)

select
    line_sources.source,
    coalesce(header_sources.source, '*') as header_group  -- the order source that speaks for lines of that name; *: for all others
from line_sources
left join header_sources
    on header_sources.source = line_sources.source

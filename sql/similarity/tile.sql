/*
Which strips the self-join takes together, in which order.

Every two strips meet once. How alike two can be depends on how much each of them has, so a
strip meets itself and its own kind first: whatever comes after has to be more alike than the
nearest so far. Tiles of one batch may run side by side. Where an engine needs no tiles, one
strip with everything gives the same result.

grain: axis, first_place_no, other_first_place_no
check: last_place_no < other_first_place_no or not is_apart
*/
with

strips as (

    select
        places.axis,
        places.strip_no,
        min(places.place_no) as first_place_no,
        max(places.place_no) as last_place_no,
        cast(sum(places.pair_row_count) as double) as pair_row_count
    from similarity.places
    group by places.axis, places.strip_no

),

wholes as (

    select strips.axis, sum(strips.pair_row_count) as pair_row_count
    from strips
    group by strips.axis

),

meetings as (

    select
        mine.axis,
        theirs.strip_no - mine.strip_no as distance,
        mine.first_place_no, mine.last_place_no,
        theirs.first_place_no as other_first_place_no, theirs.last_place_no as other_last_place_no,
        case when mine.strip_no = theirs.strip_no then 0.5 else 1 end
            * mine.pair_row_count * theirs.pair_row_count / nullif(wholes.pair_row_count, 0)
            as joined_row_count
    from strips as mine
    inner join strips as theirs
        on theirs.axis = mine.axis
        and theirs.strip_no >= mine.strip_no
    inner join wholes
        on wholes.axis = mine.axis

)

select
    case when meetings.distance = 0 then 0 else 1 + floor(ln(meetings.distance) / ln(4)) end
        as batch_no,  -- how far apart they are, by powers of four
    meetings.axis,
    meetings.first_place_no,  -- the first place of the strip
    meetings.last_place_no,  -- the last place of the strip
    meetings.other_first_place_no,  -- the first place of the other strip
    meetings.other_last_place_no,  -- the last place of the other strip
    meetings.other_last_place_no - meetings.other_first_place_no + 1 as width,  -- places in the other strip
    meetings.distance > 0 as is_apart,  -- whether it is another strip at all
    cast(meetings.joined_row_count as bigint) as joined_row_count  -- about how many rows the two strips make together
from meetings

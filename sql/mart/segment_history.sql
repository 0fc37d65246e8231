/*
Since when each user has been in each segment, and until when.

Days are those up to which the data reached. `recsys segment --as-of` adds days before the
first refresh.

grain: user_id, segmentation, segment, valid_from
*/
with

spells as (

    select
        moves.user_id,
        moves.segmentation,
        moves.segment,
        moves.previous_segment,
        moves.cause,
        moves.known_on,
        lead(moves.known_on) over (
            partition by moves.user_id, moves.seat
            order by moves.known_on
        ) as until_on
    from segment.moves

)

select
    spells.user_id,
    spells.segmentation,
    spells.segment,
    spells.previous_segment,
    spells.cause,
    spells.known_on as valid_from,  -- the first day on which the user was known to be in it
    spells.until_on as valid_to,  -- the first day on which the user was known to be in it no more; empty: still is
    spells.until_on is null as is_current  -- true: still is
from spells
where spells.segment is not null

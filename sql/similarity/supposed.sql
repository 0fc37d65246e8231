/*
Neighbours as many as there will be, before there are any: made up, to measure what scoring costs.

Neighbours have about as much as the entity itself, so those next to it in size stand for
them. A refresh never computes this view: `recsys doctor` and `recsys refresh --dry-run` do,
in a database that is thrown away.

grain: axis, entity_no, other_entity_no
kind: view
*/
with

distances as (

    select each_of(numbers_to({{ neighbours }})) as distance

)

select
    mine.axis,
    mine.place_no,
    mine.entity_no,
    theirs.entity_no as other_entity_no,  -- the neighbour
    cast(0.5 as double) as similarity,  -- how alike the two are, 1 at most
    cast(2 as bigint) as common_count  -- things that both have
from similarity.places as mine
cross join distances
inner join similarity.places as theirs
    on theirs.axis = mine.axis
    and theirs.place_no = mine.place_no + distances.distance
        - cast(floor({{ neighbours }} / 2.0) as integer)
where theirs.entity_no <> mine.entity_no

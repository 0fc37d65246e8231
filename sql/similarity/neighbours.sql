/*
The nearest neighbours of every user and every item, by each chosen measure, the nearest first.

Ties go to the smaller number, that is to the more popular item or the smaller user id.

grain: axis, measure, entity_no, rank
check: entity_no <> other_entity_no
*/
select
    nearest.axis,
    nearest.measure,
    nearest.entity_no,
    row_number() over (
        partition by nearest.axis, nearest.measure, nearest.entity_no
        order by nearest.similarity desc, nearest.other_entity_no
    ) as rank,  -- 1 is the nearest or best
    nearest.other_entity_no,
    nearest.similarity,
    nearest.common_count
from similarity.nearest

/*
What each entity's weights come to over everything it has, not only what it shares.

Who has less than must be shared can have no neighbours and is no row.

grain: axis, entity_no
*/
select
    cell.axis,
    cell.entity_no,
    count(*) as degree_count,  -- things the entity has
    sum(cell.weight) as weight_sum,  -- of its weights
    sum(cell.weight * cell.weight) as square_sum  -- of their squares
from similarity.cell
group by cell.axis, cell.entity_no
having count(*) >= {{ min_common }}

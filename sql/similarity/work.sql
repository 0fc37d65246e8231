/*
How many pair rows the self-join makes for each entity: known before it runs.

An entity meets, once per thing it has, everybody else who has it.

grain: axis, entity_no
*/
with

degrees as (

    select
        cell.axis,
        cell.shared_no,
        count(*) as degree
    from similarity.cell
    inner join similarity.totals
        on totals.axis = cell.axis
        and totals.entity_no = cell.entity_no
    group by cell.axis, cell.shared_no

)

select
    cell.axis,
    cell.entity_no,
    cast(sum(degrees.degree) as bigint) as pair_row_count  -- rows of the self-join on its side
from similarity.cell
inner join similarity.totals
    on totals.axis = cell.axis
    and totals.entity_no = cell.entity_no
inner join degrees
    on degrees.axis = cell.axis
    and degrees.shared_no = cell.shared_no
group by cell.axis, cell.entity_no

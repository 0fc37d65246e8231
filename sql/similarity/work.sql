/*
How many pair rows the self-join makes for each entity: known before it runs.

An entity meets, once per thing it has, everybody else who has it.

grain: axis, entity_no
*/
with

compared as (

    select cell.axis, cell.entity_no, cell.shared_no
    from similarity.cell
    inner join similarity.totals
        on totals.axis = cell.axis
        and totals.entity_no = cell.entity_no

),

degrees as (

    select
        compared.axis,
        compared.shared_no,
        count(*) as degree
    from compared
    group by compared.axis, compared.shared_no

)

select
    compared.axis,
    compared.entity_no,
    cast(sum(degrees.degree) as bigint) as pair_row_count  -- rows of the self-join on its side
from compared
inner join degrees
    on degrees.axis = compared.axis
    and degrees.shared_no = compared.shared_no
group by compared.axis, compared.entity_no

/*
The cells as the self-join reads them: by strip, and what shares a thing side by side.

Both strips of a tile are then read in one go, and their join stays in the processor's cache.

grain: axis, place_no, shared_no
*/
select
    cell.axis,
    places.place_no,
    cast(cell.shared_no as integer) as shared_no,
    cell.weight,
    deviations.rating_deviation
from similarity.cell
inner join similarity.places
    on places.axis = cell.axis
    and places.entity_no = cell.entity_no
left join similarity.deviations
    on deviations.axis = cell.axis
    and deviations.entity_no = cell.entity_no
    and deviations.shared_no = cell.shared_no
order by cell.axis, places.strip_no, cell.shared_no, places.place_no

/*
The test part is a list of rows that somebody gives: to repeat a split made elsewhere.

A row without a source is meant in every source.

grain: source, source_row
kind: view
label: A list of rows
*/
select distinct
    interactions.source,
    interactions.source_row
from raw.held_out as told
inner join staging.interactions
    on interactions.source_row = told.source_row
    and interactions.source = coalesce(told.source, interactions.source)

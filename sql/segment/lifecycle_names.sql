/*
The stages of a customer's life.

Everybody who has ordered, and of whom the days are known, is in exactly one.

grain: stage_no
*/
select
    names.stage_no,  -- the place of the stage in a customer's life
    names.segment,  -- the segment's name
    names.stage_no > 4 as is_silent  -- true: has been silent for too long by the rhythm
from (
    values
        (1, 'New'),
        (2, 'Active'),
        (3, 'Won back'),
        (4, 'Seasonal'),
        (5, 'Slowing'),
        (6, 'At risk by rhythm'),
        (7, 'Lapsed')
) as names (stage_no, segment)

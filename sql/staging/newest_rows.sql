/*
Of the interaction rows that carry a key, the newest of each key.

Overlapping exports are then no problem. A sound row is preferred to a newer one that
cannot be read.

grain: source, source_row
*/
select interactions.source, interactions.source_row
from raw.interactions
where interactions.row_key is not null
qualify row_number() over (
    partition by interactions.source, interactions.row_key
    order by
        interactions.trouble_column is not null,
        interactions.version_no desc nulls last,
        interactions.source_row desc
) = 1

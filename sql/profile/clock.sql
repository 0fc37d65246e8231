/*
The moment up to which things are known: all that counts days counts back from here.

It comes from the data, so that the same data give the same result tomorrow, unless the
project sets a date.

grain: reference_at
*/
select
    coalesce(
        text_to_day({{ as_of_on }}),
        max(interactions.occurred_on)
    ) as reference_on,  -- the local day that days are counted back from
    coalesce(
        local_to_utc(cast(text_to_day({{ as_of_on }}) + 1 as timestamp), {{ timezone }}),
        max(interactions.occurred_at),
        timestamp '1970-01-01'
    ) as reference_at  -- the moment that ages are counted back from, UTC
from staging.interactions
where interactions.fate in ('used', 'unidentified')

/*
The moment up to which things are known: all that counts days counts back from here.

It comes from the data, so that the same data give the same result tomorrow, unless the
project sets a date. Only what is kept through refreshes needs a day where no event has one:
that of the refresh.

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
    ) as reference_at,  -- the moment that ages are counted back from, UTC
    coalesce(
        text_to_day({{ as_of_on }}),
        max(interactions.occurred_on),
        cast(cast({{ run_at }} as timestamp) as date)
    ) as known_on  -- the local day up to which things are known; without dates, that of the refresh
from staging.interactions
where interactions.fate in ('used', 'unidentified')

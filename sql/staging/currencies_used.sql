/*
Which currencies the money is in, and how many rows find no rate for theirs.

`recsys doctor` reads it; a refresh stops when a row whose money counts has no rate.

grain: currency
kind: view
*/
select
    claims.currency,
    count(*) as amount_count,  -- rows whose money counts
    count(*) filter (where interactions.exchange_rate is null) as unrated_count  -- rows whose currency has no rate at that time
from staging.claims
inner join staging.interactions
    on interactions.source = claims.source
    and interactions.source_row = claims.source_row
where interactions.has_money
    and interactions.fate in ('used', 'unidentified')
group by claims.currency

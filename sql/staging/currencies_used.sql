/*
Which currencies the amounts are in, and how many rows find no rate for theirs.

`recsys doctor` reads it; a refresh stops when a row with an amount has no rate.

grain: currency
kind: view
*/
select
    claims.currency,
    count(*) as amount_count,  -- rows with an amount
    count(*) filter (where interactions.exchange_rate is null) as unrated_count  -- rows whose currency has no rate at that time
from staging.claims
inner join staging.interactions
    on interactions.source = claims.source
    and interactions.source_row = claims.source_row
where claims.told_amount is not null
    and interactions.fate <> 'rejected'
group by claims.currency

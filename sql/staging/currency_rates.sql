/*
What one unit of a currency is worth in the reporting currency, and when.

The reporting currency itself is there with rate 1.

grain: currency, valid_from_at
check: exchange_rate > 0
*/
with

told as (

    select
        upper(exchange_rates.currency) as currency,
        coalesce(exchange_rates.valid_from, timestamp '0001-01-01') as valid_from_at,
        exchange_rates.rate as exchange_rate,
        exchange_rates.source,
        exchange_rates.source_row
    from raw.exchange_rates
    where exchange_rates.trouble_column is null
        and upper(exchange_rates.currency) <> upper({{ currency }})
    union all
    select upper({{ currency }}), timestamp '0001-01-01', cast(1 as decimal(28, 12)), '', 0

),

newest as (

    select
        told.currency,
        told.valid_from_at,
        told.exchange_rate
    from told
    qualify row_number() over (
        partition by told.currency, told.valid_from_at
        order by told.source desc, told.source_row desc
    ) = 1

)

select
    newest.currency,  -- ISO code of a currency
    newest.valid_from_at,  -- from when the rate counts, UTC
    coalesce(
        lead(newest.valid_from_at) over (
            partition by newest.currency
            order by newest.valid_from_at
        ),
        timestamp '9999-01-01'
    ) as valid_to_at,  -- until when it counts, UTC, that moment excluded
    newest.exchange_rate  -- reporting currency for one unit of the row's currency
from newest

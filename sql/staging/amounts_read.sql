/*
The money of every interaction source, straight from what its rows claim.

A second reckoning beside staging.interactions, which says what becomes of each row: a row
that gets lost, doubled or altered there makes the two differ, and reconciliation compares
them.

grain: source
*/
with

valued as (

    select
        claims.source,
        case
            when claims.told_type = 'refund' or claims.told_amount < 0 or claims.quantity < 0
                then -1
            else 1
        end as direction,
        cast(
            abs(coalesce(claims.told_amount, 0)) * rates.exchange_rate as decimal(18, 4)
        ) as amount,
        cast(
            abs(coalesce(claims.discount_amount, 0)) * rates.exchange_rate as decimal(18, 4)
        ) as discount_amount
    from staging.claims
    inner join staging.currency_rates as rates
        on rates.currency = claims.currency
        and coalesce(claims.occurred_at, timestamp '9998-01-01') >= rates.valid_from_at
        and coalesce(claims.occurred_at, timestamp '9998-01-01') < rates.valid_to_at
    where claims.told_type in ('purchase', 'refund')

)

select
    valued.source,
    cast(
        sum(valued.direction * (valued.amount - valued.discount_amount)) as decimal(18, 4)
    ) as read_amount  -- money of all rows read
from valued
group by valued.source

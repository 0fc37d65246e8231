/*
What the running contracts of each user will bring in the next 365 days.

Of the contracts that ran a year ago the share that still runs says how many will be kept for
a year; where too few ran to tell, the project's own figure does. They are given up, and money
loses value, at a constant rate: the year's money times the mean over the year of what is left,
(e^x - 1) / x for x = ln(kept share / (1 + discount rate)).

grain: user_id
check: kept_share between 0 and 1
cite: Gupta and Lehmann (2003), Customers as assets
*/
with

kept as (

    select
        case
            when count(*) >= {{ contract_min_count }}
                then count(*) filter (where contracts.is_running)
                    / cast(nullif(count(*), 0) as double)
            else {{ contract_kept_share }}
        end as kept_share
    from value.contracts
    where contracts.was_running

)

select
    contracts.user_id,
    count(*) filter (where contracts.is_running) as contract_count,  -- contracts that run
    sum(contracts.paid_year_amount) as paid_year_amount,
    max(kept.kept_share) as kept_share,  -- of contracts, still kept after a year
    cast(coalesce(sum(contracts.yearly_amount) filter (where contracts.is_running), 0)
        * max(exponential_growth(ln(greatest(kept.kept_share, 1e-9)) - ln(1 + {{ discount_rate }})))
        as decimal(18, 4)) as contract_amount  -- net amount to expect of running contracts in the next 365 days, discounted
from value.contracts
cross join kept
group by contracts.user_id

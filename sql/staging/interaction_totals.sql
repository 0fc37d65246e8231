/*
Rows and money of every interaction source by what became of them.

Money is line amounts less the lines' own discounts, refunds negative. How much of it had
to be rejected is measured without signs, because sales and refunds would hide each other.

grain: source
*/
with

valued as (

    select
        interactions.source,
        interactions.fate,
        interactions.occurred_on,
        interactions.event_type,
        case when interactions.event_type in ('purchase', 'refund') then
            coalesce(interactions.gross_amount, 0) - coalesce(interactions.line_discount_amount, 0)
        else 0 end as line_amount
    from staging.interactions

),

totals as (

    select
        valued.source,
        count(*) filter (where valued.fate = 'used') as used_count,
        count(*) filter (where valued.fate = 'unidentified') as unidentified_count,
        count(*) filter (where valued.fate = 'superseded') as superseded_count,
        count(*) filter (where valued.fate = 'rejected') as rejected_count,
        count(*) filter (where valued.fate = 'later') as later_count,
        sum(valued.line_amount) filter (where valued.fate = 'used') as used_amount,
        sum(valued.line_amount) filter (where valued.fate = 'unidentified') as unidentified_amount,
        sum(valued.line_amount) filter (where valued.fate = 'superseded') as superseded_amount,
        sum(valued.line_amount) filter (where valued.fate = 'rejected') as rejected_amount,
        sum(valued.line_amount) filter (where valued.fate = 'later') as later_amount,
        sum(abs(valued.line_amount)) as unsigned_amount,
        sum(abs(valued.line_amount)) filter (where valued.fate = 'rejected')
            as unsigned_rejected_amount,
        max(valued.occurred_on) filter (where valued.fate in ('used', 'unidentified'))
            as data_through_on,
        bool_and(valued.event_type = 'refund') as holds_only_refunds
    from valued
    group by valued.source

)

select
    totals.source,
    totals.used_count,  -- rows that count
    totals.unidentified_count,  -- rows that count, but for no user: guests
    totals.superseded_count,  -- older copies of a row that came again
    totals.rejected_count,  -- rows that could not be used: see rejected_rows
    totals.later_count,  -- rows of events after as_of_on, which the project leaves out
    cast(coalesce(totals.used_amount, 0) as decimal(18, 4)) as used_amount,  -- money of used_count
    cast(coalesce(totals.unidentified_amount, 0) as decimal(18, 4)) as unidentified_amount,  -- money of unidentified_count
    cast(coalesce(totals.superseded_amount, 0) as decimal(18, 4)) as superseded_amount,  -- money of superseded_count
    cast(coalesce(totals.rejected_amount, 0) as decimal(18, 4)) as rejected_amount,  -- money of rejected_count as far as it can be read
    cast(coalesce(totals.later_amount, 0) as decimal(18, 4)) as later_amount,  -- money of later_count
    cast(totals.unsigned_amount as decimal(18, 4)) as unsigned_amount,  -- money of all rows, refunds positive too
    cast(
        coalesce(totals.unsigned_rejected_amount, 0) as decimal(18, 4)
    ) as unsigned_rejected_amount,  -- money of rejected_count, refunds positive too
    totals.data_through_on,  -- local day of the newest row that counts
    totals.holds_only_refunds  -- true: none of its rows is anything else
from totals

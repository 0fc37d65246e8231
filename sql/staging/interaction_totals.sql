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
        case when interactions.event_type in ('purchase', 'refund') then
            coalesce(interactions.gross_amount, 0) - coalesce(interactions.line_discount_amount, 0)
        else 0 end as line_amount
    from staging.interactions

),

earned as (

    select
        lines.source,
        sum(lines.gross_amount - lines.discount_amount) as sold_amount,
        sum(lines.discount_part_amount) as order_discount_amount
    from staging.order_lines as lines
    group by lines.source

),

returned as (

    select
        refunds.source,
        sum(refunds.return_amount) as return_amount
    from staging.refunds
    group by refunds.source

),

totals as (

    select
        valued.source,
        count(*) filter (where valued.fate = 'used') as used_count,
        count(*) filter (where valued.fate = 'unidentified') as unidentified_count,
        count(*) filter (where valued.fate = 'superseded') as superseded_count,
        count(*) filter (where valued.fate = 'rejected') as rejected_count,
        sum(valued.line_amount) filter (where valued.fate = 'used') as used_amount,
        sum(valued.line_amount) filter (where valued.fate = 'unidentified') as unidentified_amount,
        sum(valued.line_amount) filter (where valued.fate = 'superseded') as superseded_amount,
        sum(valued.line_amount) filter (where valued.fate = 'rejected') as rejected_amount,
        sum(abs(valued.line_amount)) as unsigned_amount,
        sum(abs(valued.line_amount)) filter (where valued.fate = 'rejected')
            as unsigned_rejected_amount,
        max(valued.occurred_on) filter (where valued.fate in ('used', 'unidentified'))
            as data_through_on
    from valued
    group by valued.source

)

select
    totals.source,
    totals.used_count,  -- rows that count
    totals.unidentified_count,  -- rows that count, but for no user: guests
    totals.superseded_count,  -- older copies of a row that came again
    totals.rejected_count,  -- rows that could not be used: see rejected_rows
    cast(coalesce(totals.used_amount, 0) as decimal(18, 4)) as used_amount,  -- money of used_count
    cast(coalesce(totals.unidentified_amount, 0) as decimal(18, 4)) as unidentified_amount,  -- money of unidentified_count
    cast(coalesce(totals.superseded_amount, 0) as decimal(18, 4)) as superseded_amount,  -- money of superseded_count
    cast(coalesce(totals.rejected_amount, 0) as decimal(18, 4)) as rejected_amount,  -- money of rejected_count as far as it can be read
    cast(totals.unsigned_amount as decimal(18, 4)) as unsigned_amount,  -- money of all rows, refunds positive too
    cast(
        coalesce(totals.unsigned_rejected_amount, 0) as decimal(18, 4)
    ) as unsigned_rejected_amount,  -- money of rejected_count, refunds positive too
    cast(coalesce(earned.order_discount_amount, 0) as decimal(18, 4)) as order_discount_amount,  -- discounts on whole orders
    cast(
        coalesce(earned.sold_amount, 0) - coalesce(returned.return_amount, 0) as decimal(18, 4)
    ) as net_amount,
    totals.data_through_on  -- local day of the newest row that counts
from totals
left join earned
    on earned.source = totals.source
left join returned
    on returned.source = totals.source

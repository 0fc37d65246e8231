/*
Contracts, as their payments show them: a user and an item that renews itself.

What renews itself, such as an account, an insurance or a subscription, is held and not
ordered: it runs until it is given up. It counts as running while it has been silent for no
longer than it takes, with some grace, from one payment to the next; after one payment alone
the others of the item tell how long that is, or else a year. A contract older than a year will
bring what it brought in the last one; a younger one in proportion to the days that its
payments cover.

grain: user_id, item_id
check: payment_gap_days > 0
*/
with

payments as (

    select
        lines.user_id,
        lines.item_id,
        lines.ordered_on,
        clock.reference_on,
        clock.reference_on - 365 as year_ago_on,
        sum(lines.net_amount) as net_amount
    from staging.order_lines as lines
    inner join profile.users
        on users.user_id = lines.user_id
        and not users.is_excluded
    inner join staging.items
        on items.item_id = lines.item_id
        and is_one_of(coalesce(items.category, ''), {{ contractual_categories }})
    inner join profile.clock
        on lines.ordered_on <= clock.reference_on
    group by lines.user_id, lines.item_id, lines.ordered_on, clock.reference_on

),

summed as (

    select
        payments.user_id,
        payments.item_id,
        payments.reference_on,
        payments.year_ago_on,
        min(payments.ordered_on) as first_on,
        max(payments.ordered_on) as last_on,
        max(case when payments.ordered_on <= payments.year_ago_on then payments.ordered_on end)
            as last_then_on,
        days_between(min(payments.ordered_on), max(payments.ordered_on))
            / cast(nullif(count(*) - 1, 0) as double) as own_gap_days,
        coalesce(
            sum(payments.net_amount) filter (where payments.ordered_on > payments.year_ago_on), 0
        ) as year_amount
    from payments
    group by
        payments.user_id, payments.item_id, payments.reference_on, payments.year_ago_on

),

placed as (

    select
        summed.user_id,
        summed.item_id,
        days_between(summed.first_on, summed.reference_on) as first_days,
        days_between(summed.last_on, summed.reference_on) as silent_days,
        days_between(summed.last_then_on, summed.year_ago_on) as silent_then_days,
        coalesce(
            summed.own_gap_days,
            median(summed.own_gap_days) over (partition by summed.item_id), 365
        ) as gap_days,
        summed.year_amount
    from summed

)

select
    placed.user_id,
    placed.item_id,
    placed.gap_days as payment_gap_days,  -- days from one payment to the next, on average
    cast(placed.year_amount as decimal(18, 4)) as paid_year_amount,  -- net amount paid in the last 365 days
    coalesce(placed.silent_then_days <= {{ contract_grace }} * placed.gap_days, false)
        as was_running,  -- true: it ran 365 days ago
    placed.silent_days <= {{ contract_grace }} * placed.gap_days as is_running,  -- true: it runs
    cast(
        placed.year_amount * 365 / nullif(least(365, placed.first_days + placed.gap_days), 0)
        as decimal(18, 4)
    ) as yearly_amount  -- net amount that a year of it brings
from placed

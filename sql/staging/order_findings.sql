/*
What is odd about orders, one row for each case.

grain: finding, source, example
*/
with

spans as (

    select
        lines.order_id,
        min(lines.source) as source,
        min(lines.user_id) <> max(lines.user_id) as has_several_users,
        min(lines.ordered_on) <> max(lines.ordered_on) as has_several_days
    from staging.purchase_lines as lines
    where lines.source_order_id is not null
    group by lines.order_id

)

select
    'order of several users' as finding,  -- what was found
    'one order id under several users: make it unique, such as by shop || receipt' as meaning,  -- what that means
    spans.source,
    spans.order_id as example  -- the first of them
from spans
where spans.has_several_users
union all
select
    'order over several days',
    'one order id on several days: perhaps receipt numbers start anew',
    spans.source,
    spans.order_id
from spans
where spans.has_several_days
union all
select
    'order total differs',
    'lines less discounts, with tax as stated, are not what the order came to, shipping or not',
    totals.source,
    totals.order_id
from staging.order_totals as totals
where not totals.is_as_stated
    and not totals.is_tax_otherwise
union all
select
    'tax stated otherwise',
    'the order total fits only if amounts_include_tax were the other way round',
    totals.source,
    totals.order_id
from staging.order_totals as totals
where totals.is_tax_otherwise

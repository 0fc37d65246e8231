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

),

totals as (

    select
        lines.order_id,
        min(lines.source) as source,
        sum(lines.gross_amount - lines.line_discount_amount)
            - min(abs(coalesce(headers.order_discount_amount, 0)) * lines.exchange_rate)
            as line_total,
        min(headers.order_total_amount * lines.exchange_rate) as stated_total,
        min(coalesce(headers.shipping_amount, 0) * lines.exchange_rate) as shipping,
        sum(coalesce(lines.tax_amount, 0)) as tax
    from staging.purchase_lines as lines
    inner join staging.order_speakers as speakers
        on speakers.source = lines.source
    inner join staging.order_headers as headers
        on headers.header_group = speakers.header_group
        and headers.source_order_id = lines.source_order_id
    where headers.order_total_amount is not null
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
    'lines less discounts, with or without shipping and tax, are not what the order came to',
    totals.source,
    totals.order_id
from totals
where abs(totals.stated_total - totals.line_total) >= 0.01
    and abs(totals.stated_total - totals.line_total - totals.shipping) >= 0.01
    and abs(totals.stated_total - totals.line_total - totals.tax) >= 0.01
    and abs(totals.stated_total - totals.line_total - totals.shipping - totals.tax) >= 0.01

/*
What the shop says each order came to, beside what its lines come to.

Shipping may be part of the total or not. Tax is on top of the lines where the project
says that amounts do not include it; a total that fits only the other way round means that
the project says it wrong. Where tax is on top but nobody tells it, the total may be
anything from the lines upwards.

grain: order_id
kind: view
*/
with

summed as (

    select
        lines.order_id,
        min(lines.source) as source,
        min(headers.order_total_amount * lines.exchange_rate) as stated_amount,
        sum(lines.gross_amount - lines.line_discount_amount)
            - min(abs(coalesce(headers.order_discount_amount, 0)) * lines.exchange_rate)
            as line_amount,
        min(coalesce(headers.shipping_amount, 0) * lines.exchange_rate) as shipping,
        sum(lines.tax_amount) as tax
    from staging.purchase_lines as lines
    inner join staging.order_speakers as speakers
        on speakers.source = lines.source
    inner join staging.order_headers as headers
        on headers.header_group = speakers.header_group
        and headers.source_order_id = lines.source_order_id
    where headers.order_total_amount is not null
    group by lines.order_id

),

compared as (

    select
        summed.order_id,
        summed.source,
        summed.stated_amount,
        summed.line_amount,
        least(
            abs(summed.stated_amount - summed.line_amount),
            abs(summed.stated_amount - summed.line_amount - summed.shipping)
        ) < 0.01 as is_lines,
        case
            when summed.tax is null then summed.stated_amount > summed.line_amount - 0.01
            else least(
                abs(summed.stated_amount - summed.line_amount - summed.tax),
                abs(summed.stated_amount - summed.line_amount - summed.tax - summed.shipping)
            ) < 0.01
        end as is_lines_and_tax,
        coalesce(summed.tax, 0) <> 0 as has_tax
    from summed

)

select
    compared.order_id,
    compared.source,
    cast(compared.stated_amount as decimal(18, 4)) as stated_amount,  -- what the shop says the order came to, reporting currency
    cast(compared.line_amount as decimal(18, 4)) as line_amount,  -- its lines less discounts, without shipping, reporting currency
    case
        when {{ amounts_include_tax }} then compared.is_lines
        else compared.is_lines_and_tax
    end as is_as_stated,  -- true: the two agree, with tax as amounts_include_tax says
    compared.has_tax and case
        when {{ amounts_include_tax }} then compared.is_lines_and_tax and not compared.is_lines
        else compared.is_lines and not compared.is_lines_and_tax
    end as is_tax_otherwise  -- true: they agree only if amounts_include_tax were the other way round
from compared

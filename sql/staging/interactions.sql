/*
Every interaction row that was read, cleaned, with what became of it.

Nothing is lost silently: a row is used, unidentified (used without a user), superseded
by a newer copy of itself, or rejected. Amounts are in the reporting currency; those of
a refund are negative, whichever sign the source gives them.

grain: source, source_row
check: fate in ('used', 'unidentified', 'superseded', 'rejected')
check: exchange_rate is not null -- a currency without a rate: add an [[exchange_rates]]
    block with its currency and rate
*/
with

signed as (

    select
        told.source,
        told.source_row,
        told.source_order_id,
        told.original_order_id,
        told.told_type = 'refund'
            or told.told_type = 'purchase'
            and least(coalesce(told.quantity, 0), coalesce(told.told_amount, 0)) < 0 as is_refund,
        told.told_type,
        told.alias_id,
        told.item_id,
        told.occurred_at,
        told.line_no,
        told.quantity,
        told.told_amount,
        told.discount_amount,
        told.tax_amount,
        told.currency,
        told.rating,
        told.channel,
        told.shop_id,
        told.trouble_column,
        told.is_superseded
    from staging.claims as told

)

select
    signed.source,
    signed.source_row,
    case
        when signed.trouble_column is not null then 'rejected'
        when signed.is_superseded then 'superseded'
        when signed.alias_id is null then 'unidentified'
        else 'used'
    end as fate,  -- what became of the row: used, unidentified, superseded or rejected
    coalesce(identities.user_id, signed.alias_id) as user_id,
    signed.item_id,  -- the item
    case when signed.is_refund then 'refund' else signed.told_type end as event_type,  -- purchase, refund, view_item, add_to_cart, rating ...
    signed.occurred_at,  -- when it happened, UTC
    cast(utc_to_local(signed.occurred_at, {{ timezone }}) as date) as occurred_on,  -- the local day
    signed.source_order_id,
    signed.original_order_id,
    signed.line_no,
    cast(
        case
            when signed.is_refund then -abs(coalesce(signed.quantity, 1))
            when signed.told_type = 'purchase' then coalesce(signed.quantity, 1)
            else signed.quantity
        end as decimal(18, 4)
    ) as quantity,  -- pieces, before any came back; of a refund negative
    cast(
        case when signed.is_refund then -abs(signed.told_amount) else signed.told_amount end
        * rates.exchange_rate as decimal(18, 4)
    ) as gross_amount,  -- value before discounts, reporting currency
    cast(
        case when signed.is_refund then -1 else 1 end * abs(signed.discount_amount)
            * rates.exchange_rate as decimal(18, 4)
    ) as line_discount_amount,  -- the line's own discount, reporting currency
    cast(
        case when signed.is_refund then -abs(signed.tax_amount) else signed.tax_amount end
            * rates.exchange_rate as decimal(18, 4)
    ) as tax_amount,  -- tax on the line, reporting currency
    rates.exchange_rate,
    cast(signed.rating as double) as rating,  -- the user's explicit rating
    signed.channel,  -- store, web, app ...
    signed.shop_id  -- the branch
from signed
left join staging.identities
    on identities.alias_id = signed.alias_id
left join staging.currency_rates as rates
    on rates.currency = signed.currency
    and coalesce(signed.occurred_at, timestamp '9998-01-01') >= rates.valid_from_at
    and coalesce(signed.occurred_at, timestamp '9998-01-01') < rates.valid_to_at

/*
Every interaction row that was read, cleaned, with what became of it.

Nothing is lost silently: a row is used, unidentified (used without a user), superseded
by a newer copy of itself, rejected, or later than the date that the project sets. Amounts
are in the reporting currency; those of a refund are negative, whichever sign the source
gives them.

grain: source, source_row
check: fate in ('used', 'unidentified', 'superseded', 'rejected', 'later')
check: exchange_rate is not null or not has_money or fate not in ('used', 'unidentified')
    -- money in a currency without a rate: add an [[exchange_rates]] block with its currency
    and rate, valid from the first day. `recsys doctor` names the currencies
*/
select
    claims.source,
    claims.source_row,
    case
        when claims.trouble_column is not null then 'rejected'
        when claims.is_superseded then 'superseded'
        when cast(utc_to_local(claims.occurred_at, {{ timezone }}) as date)
            > text_to_day({{ as_of_on }}) then 'later'
        when coalesce(claims.alias_id, owners.user_id) is null then 'unidentified'
        else 'used'
    end as fate,  -- what became of the row: used, unidentified, superseded, rejected or later
    coalesce(identities.user_id, claims.alias_id, owners.user_id) as user_id,
    claims.item_id,  -- the item
    case when claims.is_refund then 'refund' else claims.told_type end as event_type,  -- purchase, refund, view_item, add_to_cart, rating ...
    claims.occurred_at,  -- when it happened, UTC
    cast(utc_to_local(claims.occurred_at, {{ timezone }}) as date) as occurred_on,  -- the local day
    case when claims.occurred_at is null then claims.told_at end as impossible_at,  -- a time after the refresh, UTC: the row counts as undated
    claims.source_order_id,
    claims.original_order_id,
    claims.line_no,
    cast(
        case
            when claims.is_refund then -abs(coalesce(claims.quantity, 1))
            when claims.told_type = 'purchase' then coalesce(claims.quantity, 1)
            else claims.quantity
        end as decimal(18, 4)
    ) as quantity,  -- pieces, before any came back; of a refund negative
    cast(
        case when claims.is_refund then -abs(claims.told_amount) else claims.told_amount end
        * rates.exchange_rate as decimal(18, 4)
    ) as gross_amount,  -- value before discounts, reporting currency; amounts_include_tax: {{ amounts_include_tax }}
    cast(
        case when claims.is_refund then -1 else 1 end * abs(claims.discount_amount)
            * rates.exchange_rate as decimal(18, 4)
    ) as line_discount_amount,  -- the line's own discount, reporting currency
    cast(
        case when claims.is_refund then -abs(claims.tax_amount) else claims.tax_amount end
            * rates.exchange_rate as decimal(18, 4)
    ) as tax_amount,  -- tax on the line, whatever came back of it, reporting currency; part of the other amounts: {{ amounts_include_tax }}
    claims.has_money,
    rates.exchange_rate,
    cast(claims.rating as double) as rating,  -- the user's explicit rating
    claims.coupon_code,  -- the coupon or voucher redeemed with it; empty: none
    claims.channel,  -- store, web, app ...
    claims.shop_id  -- the branch
from staging.claims
left join staging.identities
    on identities.alias_id = claims.alias_id
left join staging.refund_owners as owners
    on owners.source = claims.source
    and owners.source_row = claims.source_row
left join staging.currency_rates as rates
    on rates.currency = claims.currency
    and coalesce(claims.occurred_at, timestamp '9998-01-01') >= rates.valid_from_at
    and coalesce(claims.occurred_at, timestamp '9998-01-01') < rates.valid_to_at

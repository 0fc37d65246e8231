/*
What each interaction row claims, in the project's words.

Where lines do not say who ordered, when or with which coupon, the order's header does. A date after
the refresh is a slip and counts as none, so that one 2203 does not move everybody's days.

grain: source, source_row
kind: view
*/
with

told as (

    select
        interactions.source,
        interactions.source_row,
        interactions.order_id as source_order_id,
        interactions.original_order_id,
        coalesce(
            looked_up({{ event_type_aliases }}, lower(interactions.event_type)),
            lower(interactions.event_type),
            'other'
        ) as told_type,
        coalesce(
            case
                when not is_one_of(lower(interactions.user_id), {{ no_user_ids }})
                    then published_id(interactions.user_id, interactions.id_type, {{ id_type }})
            end,
            published_id(
                headers.own_id, coalesce(headers.id_type, interactions.id_type), {{ id_type }}
            )
        ) as alias_id,
        interactions.item_id,
        coalesce(interactions.occurred_at, headers.ordered_at) as told_at,
        interactions.line_no,
        interactions.quantity,
        coalesce(
            interactions.line_amount,
            interactions.unit_price * coalesce(interactions.quantity, 1)
        ) as told_amount,
        interactions.discount_amount,
        headers.order_discount_amount,
        interactions.tax_amount,
        upper(coalesce(interactions.currency, {{ currency }})) as currency,
        interactions.rating,
        coalesce(interactions.coupon_code, headers.coupon_code) as coupon_code,
        coalesce(interactions.channel, headers.channel) as channel,
        coalesce(interactions.shop_id, headers.shop_id) as shop_id,
        interactions.trouble_column,
        interactions.row_key is not null and newest.source_row is null as is_superseded
    from raw.interactions
    left join staging.newest_rows as newest
        on newest.source = interactions.source
        and newest.source_row = interactions.source_row
    left join staging.order_speakers as speakers
        on speakers.source = interactions.source
    left join staging.order_headers as headers
        on headers.header_group = speakers.header_group
        and headers.source_order_id = interactions.order_id

)

select
    told.source,
    told.source_row,
    told.source_order_id,
    told.original_order_id,  -- of a refund: the order that it takes back, as the source writes it
    told.told_type,  -- the event type, other words for it translated
    told.told_type = 'refund' or told.told_type = 'purchase'
        and least(coalesce(told.quantity, 0), coalesce(told.told_amount, 0)) < 0 as is_refund,  -- true: money went back
    told.alias_id,  -- an id as it would be published on its own
    told.item_id,
    believed_time(told.told_at, {{ run_at }}, {{ as_of_on }}) as occurred_at,
    told.told_at,  -- when the row says that it happened, possible or not, UTC
    told.line_no,  -- the line within the order, as the source writes it
    told.quantity,
    told.told_amount,  -- value before discounts, in the row's currency
    told.discount_amount,
    told.tax_amount,
    told.told_type in ('purchase', 'refund') and coalesce(
        told.told_amount, told.discount_amount, told.tax_amount, told.order_discount_amount
    ) is not null as has_money,  -- true: an amount that counts, so its currency needs a rate
    told.currency,
    told.rating,
    told.coupon_code,
    told.channel,
    told.shop_id,
    told.trouble_column,
    told.is_superseded  -- true: a newer copy of the row counts
from told

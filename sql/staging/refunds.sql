/*
Every refund with the purchase that it takes back; what finds none stays unmatched.

Matched by the order alone is a refund of the whole order, without an item, or one of an
item that the order does not hold; the latter keeps its order, but falls on none of its
lines.

grain: source, source_row
check: matched_by in ('order and item', 'order', 'earlier purchase', 'unmatched')
*/
select
    interactions.source,
    interactions.source_row,
    matches.order_id,
    coalesce(matches.matched_by, 'unmatched') as matched_by,
    interactions.user_id,
    interactions.item_id,
    interactions.occurred_at as refunded_at,  -- when the money went back, UTC
    interactions.occurred_on as refunded_on,  -- the local day of the refund
    cast(-interactions.quantity as decimal(18, 4)) as return_quantity,  -- pieces that came back
    cast(
        coalesce(interactions.line_discount_amount, 0) - coalesce(interactions.gross_amount, 0)
        as decimal(18, 4)
    ) as return_amount,  -- money that went back, reporting currency
    interactions.channel,
    interactions.shop_id
from staging.interactions
left join staging.refund_matches as matches
    on matches.source = interactions.source
    and matches.source_row = interactions.source_row
where interactions.event_type = 'refund'
    and interactions.fate in ('used', 'unidentified')

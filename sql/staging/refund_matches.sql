/*
Which purchase each refund takes back, for those that find one.

Looked for in this order: the same order and item; the order that the refund names as
its original, or its own order where it names no item; the latest earlier purchase of
the item by the same user; at last its own order. A receipt that only carries the refund
beside another purchase is thus not taken for the original one. Sources may share order
ids, so in another source only the same user's order, or a guest refund's, counts. An order
that does not hold the refund's item lends it the order only, no line.

grain: source, source_row
check: matched_by in ('order and item', 'order', 'earlier purchase')
*/
with

refunds as (

    select
        interactions.source,
        interactions.source_row,
        coalesce(interactions.original_order_id, interactions.source_order_id) as named_order_id,
        interactions.original_order_id is not null or interactions.item_id is null as is_told,
        interactions.user_id,
        interactions.item_id,
        interactions.occurred_at,
        interactions.occurred_on
    from staging.interactions
    where interactions.event_type = 'refund'
        and interactions.fate in ('used', 'unidentified')

),

candidates as (

    select
        refunds.source,
        refunds.source_row,
        lines.order_id,
        case
            when lines.item_id = refunds.item_id then 'order and item'
            else 'order'
        end as matched_by,
        case
            when lines.item_id = refunds.item_id then 1
            when refunds.is_told then 2
            else 4
        end as preference,
        lines.source <> refunds.source as is_elsewhere,
        lines.ordered_at
    from refunds
    inner join staging.purchase_lines as lines
        on lines.source_order_id = refunds.named_order_id
        and (
            lines.source = refunds.source
            or refunds.user_id is null
            or lines.user_id = refunds.user_id
        )
    union all
    select
        refunds.source,
        refunds.source_row,
        lines.order_id,
        'earlier purchase' as matched_by,
        3 as preference,
        false as is_elsewhere,
        lines.ordered_at
    from refunds
    inner join staging.purchase_lines as lines
        on lines.user_id = refunds.user_id
        and lines.item_id = refunds.item_id
    where coalesce(
        lines.ordered_on <= refunds.occurred_on, lines.ordered_at <= refunds.occurred_at, true
    )

)

select
    candidates.source,
    candidates.source_row,
    candidates.order_id,
    candidates.matched_by  -- how the refund found its purchase
from candidates
qualify row_number() over (
    partition by candidates.source, candidates.source_row
    order by
        candidates.preference, candidates.is_elsewhere,
        candidates.ordered_at desc nulls last, candidates.order_id desc
) = 1

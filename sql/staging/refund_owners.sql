/*
Whose order it was that a refund takes back, where the refund itself does not say.

A file of refunds often knows order ids only. The order's lines say who bought it: those
of the refund's own source, else those of others, provided that they agree on one user.

grain: source, source_row
*/
with

refunds as (

    select
        claims.source,
        claims.source_row,
        coalesce(claims.original_order_id, claims.source_order_id) as named_order_id
    from staging.claims
    where claims.is_refund
        and claims.alias_id is null

),

candidates as (

    select
        refunds.source,
        refunds.source_row,
        coalesce(identities.user_id, purchases.alias_id) as user_id
    from refunds
    inner join staging.claims as purchases
        on purchases.source_order_id = refunds.named_order_id
        and purchases.told_type = 'purchase'
        and not purchases.is_refund
        and purchases.trouble_column is null
        and not purchases.is_superseded
    left join staging.identities
        on identities.alias_id = purchases.alias_id
    qualify rank() over (
        partition by refunds.source, refunds.source_row
        order by purchases.source <> refunds.source
    ) = 1

)

select
    candidates.source,
    candidates.source_row,
    min(candidates.user_id) as user_id
from candidates
group by candidates.source, candidates.source_row
having min(candidates.user_id) = max(candidates.user_id)
    and count(candidates.user_id) = count(*)

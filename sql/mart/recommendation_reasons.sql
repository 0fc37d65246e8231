/*
What a recommendation comes from, the strongest first; the rows add up to its score.

grain: user_id, list, item_id, reason_rank
*/
select
    users.user_id,
    reasons.list,
    items.item_id,
    reasons.reason_rank,
    reasons.source_kind,
    coalesce(own_items.item_id, others.user_id) as reason_id,  -- the item or user that speaks for it; empty where neither does
    coalesce(
        own_items.item_name, others.user_id, features.value, reasons.source_kind
    ) as reason_name,  -- its name, or the taste
    reasons.contribution
from recommendation.reasons
inner join profile.users
    on users.user_no = reasons.user_no
inner join profile.items
    on items.item_no = reasons.item_no
left join profile.items as own_items
    on reasons.source_kind = 'item'
    and own_items.item_no = reasons.source_no
left join profile.users as others
    on reasons.source_kind = 'user'
    and others.user_no = reasons.source_no
left join profile.features
    on reasons.source_kind = 'taste'
    and features.feature_no = reasons.source_no

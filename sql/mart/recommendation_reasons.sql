/*
From which of the user's own items a recommendation comes; the rows add up to its score.

grain: user_id, list, item_id, reason_rank
*/
select
    users.user_id,
    reasons.list,
    items.item_id,
    reasons.reason_rank,
    own_items.item_id as reason_item_id,  -- the user's item that speaks for it; empty: all others together
    coalesce(own_items.item_name, 'other') as reason_item_name,  -- its name; other: all others together
    reasons.contribution
from recommendation.reasons
inner join profile.users
    on users.user_no = reasons.user_no
inner join profile.items
    on items.item_no = reasons.item_no
left join profile.items as own_items
    on own_items.item_no = reasons.source_item_no

/*
Why something is recommended, in words for a mail to the user.

The kind of source that gives most has the word: her own items by name, two at most; a
taste; or people like her. What she bought, rated or only looked at is called so.

grain: user_no, list, item_no
*/
with

strongest as (

    select
        reasons.user_no,
        reasons.list,
        reasons.item_no,
        reasons.source_kind
    from recommendation.reasons
    where reasons.source_kind <> 'other'
    group by reasons.user_no, reasons.list, reasons.item_no, reasons.source_kind
    qualify row_number() over (
        partition by reasons.user_no, reasons.list, reasons.item_no
        order by sum(cast(reasons.contribution as decimal(28, 15))) desc, reasons.source_kind
    ) = 1

),

named as (

    select
        reasons.user_no,
        reasons.list,
        reasons.item_no,
        reasons.source_kind,
        case
            when features.feature in ('tag', 'keyword') then '"' || features.value || '"'
            else coalesce(items.item_name, features.value)
        end as name,
        case
            when own.purchase_line_count > 0 then 'because you bought '
            when own.rating_count > 0 then 'because you liked '
            when own.user_no is not null then 'because you looked at '
        end as verb,
        row_number() over (
            partition by reasons.user_no, reasons.list, reasons.item_no
            order by reasons.reason_rank
        ) as place
    from recommendation.reasons
    inner join strongest
        on strongest.user_no = reasons.user_no and strongest.list = reasons.list
        and strongest.item_no = reasons.item_no
        and strongest.source_kind = reasons.source_kind
    left join profile.items
        on items.item_no = reasons.source_no and reasons.source_kind = 'item'
    left join profile.features
        on features.feature_no = reasons.source_no and reasons.source_kind = 'taste'
    left join profile.user_item as own
        on own.user_no = reasons.user_no and own.item_no = items.item_no

)

select
    lists.user_no,
    lists.list,
    lists.item_no,
    case
        when lists.source = 'rhythm' then due.due_reason
        when first.source_kind = 'item' then first.verb || first.name || case
            when second.verb = first.verb and second.name <> first.name then ' and ' || second.name
            else ''
        end
        when first.source_kind = 'taste' then 'because you like ' || first.name
        when first.source_kind = 'user' then 'chosen by people with a taste like yours'
        when lists.source = 'segment' then 'popular with people like you'
        else 'popular with others'
    end as reason  -- why, in words for the user
from recommendation.lists
left join named as first
    on first.user_no = lists.user_no and first.list = lists.list
    and first.item_no = lists.item_no and first.place = 1
left join named as second
    on second.user_no = lists.user_no and second.list = lists.list
    and second.item_no = lists.item_no and second.place = 2
left join recommendation.due_wording as due
    on due.user_no = lists.user_no and due.item_no = lists.item_no

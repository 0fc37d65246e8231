/*
Why something is recommended, in words for a mail to the user.

The kind of source that gives most has the word: her own items by name, two at most; a
taste; or people like her.

grain: user_no, list, item_no
*/
with

summed as (

    select
        causes.user_no, causes.list, causes.item_no, causes.source_kind, causes.source_no,
        causes.contribution,
        sum(causes.contribution) over (
            partition by causes.user_no, causes.list, causes.item_no, causes.source_kind
        ) as kind_contribution
    from recommendation.causes

),

strongest as (

    select
        summed.user_no, summed.list, summed.item_no, summed.source_kind, summed.source_no,
        row_number() over (
            partition by summed.user_no, summed.list, summed.item_no
            order by
                summed.kind_contribution desc, summed.source_kind,
                summed.contribution desc, summed.source_no
        ) as place
    from summed
    qualify place <= 2

),

named as (

    select
        strongest.user_no, strongest.list, strongest.item_no,
        strongest.source_kind, strongest.place,
        case
            when features.feature in ('tag', 'keyword') then '"' || features.value || '"'
            else coalesce(items.item_name, features.value)
        end as name,
        deeds.deed
    from strongest
    left join profile.items
        on items.item_no = strongest.source_no and strongest.source_kind = 'item'
    left join profile.features
        on features.feature_no = strongest.source_no and strongest.source_kind = 'taste'
    left join recommendation.deeds
        on deeds.user_no = strongest.user_no and deeds.item_no = items.item_no

)

select
    lists.user_no,
    lists.list,
    lists.item_no,
    case
        when lists.source = 'rhythm' then due.due_reason
        when first.source_kind = 'item' then 'because you ' || first.deed || ' ' || first.name
            || case
                when second.source_kind <> 'item' or second.deed <> first.deed then ''
                when second.name <> first.name then ' and ' || second.name
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

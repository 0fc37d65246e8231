/*
Why something is recommended, in words for a mail to the user.

The kind of source that gives most has the word: her own items or her tastes by name, two
at most, or people like her.

grain: user_no, list, item_no
*/
with

tellable as (

    select
        causes.user_no, causes.list, causes.item_no, causes.source_kind, causes.source_no,
        causes.contribution,
        sum(causes.contribution) over (
            partition by causes.user_no, causes.list, causes.item_no, causes.source_kind
        ) as kind_contribution,
        case when causes.source_kind = 'taste' then 'like' else deeds.deed end as deed,
        case
            when features.feature in ('tag', 'keyword') then '"' || features.value || '"'
            else coalesce(deeds.item_name, features.value)
        end as name
    from recommendation.causes
    left join recommendation.deeds
        on causes.source_kind = 'item'
        and deeds.user_no = causes.user_no and deeds.item_no = causes.source_no
    left join profile.features
        on causes.source_kind = 'taste'
        and features.feature_no = causes.source_no

),

placed as (

    select
        tellable.user_no, tellable.list, tellable.item_no, tellable.source_kind,
        tellable.deed, tellable.name,
        row_number() over (
            partition by tellable.user_no, tellable.list, tellable.item_no
            order by
                tellable.kind_contribution desc, tellable.source_kind,
                tellable.contribution desc, tellable.source_no
        ) as place
    from tellable
    qualify place <= 2

)

select
    lists.user_no,
    lists.list,
    lists.item_no,
    case
        when lists.source = 'rhythm' then due.due_reason
        when lists.source = 'segment' then 'popular with people like you'
        when first.deed is not null then 'because you ' || first.deed || ' ' || first.name
            || case
                when second.deed = first.deed and second.name <> first.name
                    then ' and ' || second.name
                else ''
            end
        when first.source_kind = 'user' then 'chosen by people with a taste like yours'
        when first.source_kind = 'popularity' then 'popular with others'
        else 'goes with what you have chosen so far'
    end as reason  -- why, in words for the user
from recommendation.lists
left join placed as first
    on first.user_no = lists.user_no and first.list = lists.list
    and first.item_no = lists.item_no and first.place = 1
left join placed as second
    on second.user_no = lists.user_no and second.list = lists.list
    and second.item_no = lists.item_no and second.place = 2
left join recommendation.due_wording as due
    on due.user_no = lists.user_no and due.item_no = lists.item_no

/*
Why something is recommended, in words for a mail to the user.

The kind of source that gives most has the word: her own items or her tastes by name, two
at most, or people like her.

grain: user_no, list, item_no
*/
with

kinds as (

    select
        causes.user_no, causes.list, causes.item_no, causes.source_kind,
        sum(causes.contribution) as contribution
    from recommendation.causes
    group by causes.user_no, causes.list, causes.item_no, causes.source_kind

),

placed as (

    select
        causes.user_no, causes.list, causes.item_no, causes.source_kind, causes.source_no,
        row_number() over (
            partition by causes.user_no, causes.list, causes.item_no
            order by
                kinds.contribution desc, causes.source_kind,
                causes.contribution desc, causes.source_no
        ) as place
    from recommendation.causes
    inner join kinds
        on kinds.user_no = causes.user_no
        and kinds.list = causes.list
        and kinds.item_no = causes.item_no
        and kinds.source_kind = causes.source_kind
    qualify place <= 2

),

named as (

    select
        placed.user_no, placed.list, placed.item_no, placed.source_kind, placed.place,
        case when placed.source_kind = 'taste' then 'like' else deeds.deed end as deed,
        case
            when features.feature in ('tag', 'keyword') then '"' || features.value || '"'
            else coalesce(deeds.item_name, features.value)
        end as name
    from placed
    left join recommendation.deeds
        on placed.source_kind = 'item'
        and deeds.user_no = placed.user_no and deeds.item_no = placed.source_no
    left join profile.features
        on placed.source_kind = 'taste'
        and features.feature_no = placed.source_no

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
left join named as first
    on first.user_no = lists.user_no and first.list = lists.list
    and first.item_no = lists.item_no and first.place = 1
left join named as second
    on second.user_no = lists.user_no and second.list = lists.list
    and second.item_no = lists.item_no and second.place = 2
left join recommendation.due_wording as due
    on due.user_no = lists.user_no and due.item_no = lists.item_no

/*
What to do about each user next: one person, one message, or the reason for none.

Held back is who is in the control group, who is in no segment whose strategy contacts anybody,
who has not consented to any of its channels or cannot be reached over them, whose household
gets enough already, and for whom the channel has no room: a cap leaves those of the least
urgent segments and the least worth to wait.

grain: user_id
check: is_contacted = (held_back_because is null)
check: not is_contacted or contact_channel is not null
*/
with

judged as (

    select
        intentions.user_id,
        case
            when intentions.is_control then 'control group'
            when intentions.segment is null then 'in no segment'
            when not intentions.is_to_contact then 'the strategy contacts nobody'
            when not intentions.is_permitted then 'no consent'
            when intentions.contact_channel is null then 'no address'
            when {{ household_contacts }} > 0
                and intentions.household_place > {{ household_contacts }}
                then 'another of the household is contacted'
        end as obstacle
    from campaign.intentions

),

queued as (

    select
        intentions.user_id,
        row_number() over (
            partition by intentions.contact_channel
            order by
                intentions.segment_priority, intentions.next_365_days_amount desc,
                intentions.user_id
        ) as channel_place
    from campaign.intentions
    inner join judged
        on judged.user_id = intentions.user_id
    where judged.obstacle is null

)

select
    intentions.user_id,
    intentions.household_id,
    intentions.segmentation,
    intentions.segment,
    intentions.segment_priority,
    intentions.next_365_days_amount,
    intentions.contact_channel,
    queued.channel_place,  -- of those to be contacted over the channel, from 1: by segment, then worth
    intentions.is_control,
    queued.channel_place is not null and coalesce(
        queued.channel_place <= looked_up({{ contact_caps }}, intentions.contact_channel), true
    ) as is_contacted,  -- true: to be contacted now; else held_back_because says why not
    coalesce(
        judged.obstacle,
        case
            when queued.channel_place > looked_up({{ contact_caps }}, intentions.contact_channel)
                then 'contact cap of ' || intentions.contact_channel
        end
    ) as held_back_because  -- why she is not contacted; empty: she is
from campaign.intentions
inner join judged
    on judged.user_id = intentions.user_id
left join queued
    on queued.user_id = intentions.user_id

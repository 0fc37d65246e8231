/*
For which channels an address of each user is known, of those that the project maps.

That there is one is all that anybody but a sender needs to know; the address stays where it
is. What the project calls email under [users.contact] is the address of the channel email.

grain: user_id, contact_channel
*/
with

told as (

    select
        cast(null as varchar) as user_id,
        cast(null as varchar) as contact_name,
        cast(null as varchar) as address
    where false
    {% for contact in contacts %}
    union all
    select
        users.user_id,
        {{ contact.name }} as contact_name,
        users.{{ contact.column }} as address
    from staging.users
    {% endfor %}

)

select
    told.user_id,  -- the user; other systems' ids as system:id
    coalesce(
        looked_up({{ contact_channel_aliases }}, lower(told.contact_name)), lower(told.contact_name)
    ) as contact_channel,  -- over which somebody is spoken to: app, email, phone, post, sms, store
    bool_or(clean_text(told.address) is not null) as has_address  -- true: the project knows where to send it
from told
group by
    told.user_id,
    coalesce(
        looked_up({{ contact_channel_aliases }}, lower(told.contact_name)), lower(told.contact_name)
    )

/*
What each user has last said to being contacted, for a purpose and over a channel.

The newest word counts, and of words without a date or of the same moment the no: nobody is
written to by mistake. A no without a date counts whatever else was said. Of several copies of
a row under one key only the newest was ever said. What has run out is a no from then on; what
was said after as_of_on is not known yet. Where the unit is a household each of its persons has
a last word, and one no of them is enough.

grain: user_id, purpose, contact_channel
*/
with

said as (

    select
        consents.source,
        consents.source_row,
        consents.version_no,
        published_id(consents.user_id, consents.id_type, {{ id_type }}) as alias_id,
        lower(clean_text(consents.purpose)) as purpose,
        coalesce(
            looked_up({{ contact_channel_aliases }}, lower(clean_text(consents.channel))),
            lower(clean_text(consents.channel))
        ) as contact_channel,
        coalesce(consents.is_granted, false) as is_yes,
        believed_time(consents.changed_at, {{ run_at }}, {{ as_of_on }}) as said_at,
        consents.expires_at,
        coalesce(
            local_to_utc(cast(text_to_day({{ as_of_on }}) + 1 as timestamp), {{ timezone }}),
            cast({{ run_at }} as timestamp)
        ) as now_at
    from raw.consents
    where consents.trouble_column is null
    qualify row_number() over (
        partition by
            consents.source, consents.row_key,
            case when consents.row_key is null then consents.source_row end
        order by consents.version_no desc nulls last, consents.source_row desc
    ) = 1

),

last_said as (

    select
        coalesce(identities.user_id, said.alias_id) as user_id,
        said.purpose,
        said.contact_channel,
        said.said_at,
        said.is_yes and coalesce(said.expires_at > said.now_at, true) as is_granted
    from said
    left join staging.identities
        on identities.alias_id = said.alias_id
    where {{ as_of_on }} = ''
        or coalesce(said.said_at < said.now_at, true)
    qualify row_number() over (
        partition by
            coalesce(identities.user_id, said.alias_id), said.purpose, said.contact_channel,
            case when {{ unit }} = 'household' then said.alias_id end
        order by
            case when said.said_at is null and not said.is_yes then 0 else 1 end,
            said.said_at desc nulls last, said.version_no desc nulls last,
            said.is_yes and coalesce(said.expires_at > said.now_at, true),
            said.source, said.source_row desc
    ) = 1

)

select
    last_said.user_id,  -- the user; other systems' ids as system:id
    last_said.purpose,  -- what for: marketing, profiling ...
    last_said.contact_channel,  -- over which somebody is spoken to: app, email, phone, post, sms, store
    max(last_said.said_at) as said_at,  -- when it was said, UTC; empty: not known
    bool_and(last_said.is_granted) as is_granted  -- true: may be contacted for it over this channel
from last_said
group by last_said.user_id, last_said.purpose, last_said.contact_channel

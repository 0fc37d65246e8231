/*
Who ordered, or sent something back, since the last day on which segments were known.

It goes by what each source had told by then: where the receipts come a week after the web
orders, last week's receipts are news all the same.

grain: user_id
*/
with

seen as (

    select sources_seen.source, sources_seen.data_through_on
    from segment.sources_seen
    inner join profile.clock
        on clock.known_on > sources_seen.known_on
    qualify rank() over (order by sources_seen.known_on desc, sources_seen.run_id desc) = 1

)

select distinct interactions.user_id
from staging.interactions
left join seen
    on seen.source = interactions.source
where interactions.fate = 'used'
    and interactions.event_type in ('purchase', 'refund')
    and interactions.occurred_on > coalesce(seen.data_through_on, date '0001-01-01')

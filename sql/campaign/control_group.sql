/*
Who is never contacted, so that it can be told afterwards what contacting has brought.

Lots are drawn once, when a user is first seen, and hold for ever: what is drawn is kept from
refresh to refresh, and another share or seed goes only for those who come later. Who was once
contacted would prove nothing as a control, and who was spared so far would be lost as one.
The lot is a hash: it is the same on every machine. A household is drawn as one, since a letter
to one of them is read by all; who moves in shares its lot.

grain: user_id
kind: history
check: lot_place between 0 and 1
*/
with

households as (

    select
        people.household_id,
        bool_or(drawn.is_control) as is_control
    from campaign.control_group as drawn
    inner join staging.users as people
        on people.user_id = drawn.user_id
    where people.household_id is not null
    group by people.household_id

),

newcomers as (

    select
        users.user_id,
        people.household_id,
        lot_place({{ control_seed }}, coalesce(people.household_id, users.user_id)) as lot_place
    from profile.users
    inner join staging.users as people
        on people.user_id = users.user_id
    left join campaign.control_group as drawn
        on drawn.user_id = users.user_id
    where not users.is_excluded
        and drawn.user_id is null

)

select
    cast({{ run_id }} as bigint) as run_id,  -- the refresh
    cast({{ run_at }} as timestamp) as run_started_at,  -- when it began, UTC
    newcomers.user_id,
    newcomers.lot_place,  -- the lot, between 0 and 1; the same for all of a household
    coalesce(households.is_control, newcomers.lot_place < {{ control_share }})
        as is_control  -- true: drawn into the control group, for ever
from newcomers
left join households
    on households.household_id = newcomers.household_id

/*
Who is never contacted, for ever, and who was drawn not to be: what lift is measured by.

grain: user_id
*/
select
    drawn.user_id,
    drawn.is_control,
    drawn.lot_place,
    drawn.run_id,
    drawn.run_started_at
from campaign.control_group as drawn

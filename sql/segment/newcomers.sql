/*
Users who placed their first order lately, while a second one is still to be expected.

The data must reach back as long before the first order, or everybody would be new in the
first weeks of the data.

grain: user_id
*/
select
    activity.user_id,
    waited.second_order_days
from profile.user_activity as activity
cross join profile.clock
cross join segment.second_orders as waited
where activity.first_order_on >= clock.reference_on - waited.second_order_days
    and activity.first_order_on >= waited.history_from_on + waited.second_order_days

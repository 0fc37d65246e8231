/*
The one segment by which each user is treated, of all that she is in.

One person gets one message. The project says which segments go first, by their own names or by
their segmentation's: what may be lost before what is there, and how somebody stands with the
shop before how she buys. Of equally urgent ones the name decides. A segment whose strategy
names no channel says nothing and is asked last; one that names `none` wants its users to be
left in peace, and is heard.

grain: user_id
*/
with

ranked as (

    select
        memberships.user_id,
        memberships.segmentation,
        memberships.segment,
        coalesce(
            looked_up({{ segment_priorities }}, memberships.segment),
            looked_up({{ segment_priorities }}, memberships.segmentation),
            1000
        ) as segment_priority,
        strategies.strategy_contact
    from segment.memberships
    inner join segment.strategies
        on strategies.segmentation = memberships.segmentation
        and strategies.segment = memberships.segment

)

select
    ranked.user_id,
    ranked.segmentation,
    ranked.segment,
    ranked.segment_priority,  -- how urgent the segment is: the smaller, the earlier
    ranked.strategy_contact
from ranked
qualify row_number() over (
    partition by ranked.user_id
    order by
        case when ranked.strategy_contact is null then 1 else 0 end,
        ranked.segment_priority, ranked.segmentation, ranked.segment
) = 1

/*
Who is in which segment, and why.

grain: user_id, segmentation, segment
*/
select
    memberships.user_id,
    memberships.segmentation,
    memberships.segment,
    memberships.evidence
from segment.memberships

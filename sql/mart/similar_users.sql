/*
Which users are alike, by which measure.

grain: user_id, measure, rank
*/
select
    users.user_id,
    neighbours.measure,
    neighbours.rank,
    others.user_id as other_user_id,  -- the similar user
    neighbours.similarity,
    neighbours.common_count
from similarity.neighbours
inner join profile.users
    on users.user_no = neighbours.entity_no
inner join profile.users as others
    on others.user_no = neighbours.other_entity_no
where neighbours.axis = 'user'

/*
Every user with the dense number that joins and tiles use, by id.

The number is made anew at each refresh; what outlives a refresh is kept by user_id.

grain: user_id
*/
select
    row_number() over (order by users.user_id) as user_no,  -- dense number of the user, for joins inside one refresh
    users.user_id,
    users.is_excluded
from staging.users

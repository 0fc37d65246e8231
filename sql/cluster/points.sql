/*
Each customer as one point, and who is in the sample on which clusterings are tried.

The sample goes by a hash of the user's id: the same people each time, as far as they are
customers, whatever the order of the data.

grain: user_no
*/
with

points as (

    select
        coordinates.user_no,
        in_order_of(coordinates.coordinate, coordinates.trait_no) as point
    from cluster.coordinates as coordinates
    group by coordinates.user_no

)

select
    points.user_no,
    users.user_id,
    points.point,  -- the coordinates in the order of their features
    row_number() over (order by lot(0, users.user_id, ''), users.user_id)
        <= {{ sample }} as is_sampled  -- true: in the sample
from points
inner join profile.users
    on users.user_no = points.user_no

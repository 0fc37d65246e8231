/*
The clusters of all customers: of the courses that were carried on the one with the least squares.

grain: cluster_no
*/
with

best as (

    select courses.start_no
    from cluster.courses as courses
    group by courses.start_no
    qualify row_number() over (
        order by round(cast(sum(exactly(courses.squares)) as double), 6), courses.start_no
    ) = 1

)

select
    courses.cluster_no,
    courses.centre,
    courses.member_count,
    courses.squares
from cluster.courses as courses
inner join best
    on best.start_no = courses.start_no
where courses.member_count > 0

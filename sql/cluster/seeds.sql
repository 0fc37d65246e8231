/*
The customers around whom each start begins, one more with each pass.

As in k-means++: the chance to be drawn grows with the square of the distance to those drawn so
far. The draw is a race in which each runs a time -ln(hash) / square, so that it needs no random
numbers and is the same each time. A start that tries four clusters takes the first four.

grain: start_no, seed_no
kind: iterated
until: coalesce((select max(this.seed_no) from this) >= largest_of({{ counts }}), true)
    or (select count(*) from this) = (select count(*) from last)
at_most: 101
cite: Arthur and Vassilvitskii (2007), k-means++; Efraimidis and Spirakis (2006) (the race)
*/
with

starts as (

    select numbers.start_no
    from (select each_of(numbers_to({{ starts }})) as start_no) as numbers
    where numbers.start_no > 0
        and largest_of({{ counts }}) > 0

),

nearest as (

    select
        starts.start_no,
        points.user_no,
        coalesce(max(seeds.seed_no), 0) + 1 as seed_no,
        coalesce(min(squared_distance(points.point, seeds.point)), 1) as square
    from starts
    cross join cluster.points as points
    left join cluster.seeds as seeds
        on seeds.start_no = starts.start_no
    where points.is_sampled
    group by starts.start_no, points.user_no

),

drawn as (

    select nearest.start_no, nearest.seed_no, points.user_no, points.point
    from nearest
    inner join cluster.points as points
        on points.user_no = nearest.user_no
    where nearest.square > 1e-9
    qualify row_number() over (
        partition by nearest.start_no
        order by
            round(
                -ln(chance_of(nearest.start_no, nearest.seed_no, points.user_id))
                / nullif(nearest.square, 0), 9
            ),
            points.user_id
    ) = 1

)

select
    cast(drawn.start_no as integer) as start_no,  -- the start, from 1
    cast(drawn.seed_no as integer) as seed_no,  -- the place of a seed within its start, from 1
    drawn.point
from drawn
union all
select seeds.start_no, seeds.seed_no, seeds.point
from cluster.seeds as seeds

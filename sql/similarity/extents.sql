/*
How much each user and each item has, and what it tells that others have it in common.

It is read where cells are weighted; without a weighting there is no row. Someone who has
everything, and something that everybody has, tells nothing of likeness: with rareness 0.

grain: axis, entity_no
check: rareness >= 0
cite: Breese, Heckerman and Kadie (1998), section 2.1.3 (inverse user frequency)
*/
with

sides as (

    select 'user' as axis, user_item.user_no as entity_no
    from profile.user_item
    inner join profile.users
        on users.user_no = user_item.user_no
        and not users.is_excluded
    where {{ weighting }} <> 'none'
    union all
    select 'item', user_item.item_no
    from profile.user_item
    inner join profile.users
        on users.user_no = user_item.user_no
        and not users.is_excluded
    where {{ weighting }} <> 'none'

),

degrees as (

    select sides.axis, sides.entity_no, count(*) as degree_count
    from sides
    group by sides.axis, sides.entity_no

),

wholes as (

    select
        degrees.axis,
        count(*) as entity_count,
        cast(sum(degrees.degree_count) as double) as cell_count
    from degrees
    group by degrees.axis

)

select
    degrees.axis,  -- what is compared: user or item
    degrees.entity_no,  -- the user or item
    degrees.degree_count,  -- things the entity has
    degrees.degree_count * own.entity_count / nullif(own.cell_count, 0)
        as relative_degree,  -- over the mean of its axis
    greatest(0, ln(
        cast(other.entity_count as double) / (1 + degrees.degree_count)
    )) as rareness  -- log of how few of all have it
from degrees
inner join wholes as own
    on own.axis = degrees.axis
inner join wholes as other
    on other.axis <> degrees.axis

/*
Customers who come once a year, about the same time of it.

All their orders, of two years at least, lie within so many days (`seasonal_days`) of the day of
the year on which they first came. Such a customer is silent for eleven months because she needs
nothing, and is not lost before she has let a season pass.

grain: user_id
*/
with

placed as (

    select
        orders.user_id,
        orders.ordered_on,
        days_between(
            min(orders.ordered_on) over (partition by orders.user_id), orders.ordered_on
        ) as age_days
    from staging.orders
    inner join profile.users
        on users.user_id = orders.user_id
        and not users.is_excluded
    where orders.ordered_on is not null

),

seasons as (

    select
        placed.user_id,
        placed.ordered_on,
        round(placed.age_days / 365.25) as year_no,
        abs(placed.age_days - 365.25 * round(placed.age_days / 365.25)) as off_days
    from placed

)

select
    seasons.user_id,
    count(distinct seasons.year_no) as season_count,  -- years in which the season brought an order
    min(seasons.ordered_on) filter (where seasons.year_no > 0) as seasonal_from_on  -- the first order of the second season
from seasons
group by seasons.user_id
having count(distinct seasons.year_no) > 1
    and max(seasons.off_days) <= {{ seasonal_days }}

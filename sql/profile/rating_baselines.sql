/*
How much better than usual each user rates, and how much better each item is rated.

A four of somebody who gives nothing below says less of a film than a four of a strict critic,
who in turn may only have seen good ones. So the two are told from each other: the items' from
what users are known for, the users' from what items are known for, in turns. A few ratings say
little; a ridge draws what they say towards nothing.

grain: side, entity_no
kind: iterated
until: coalesce((select max(this.pass_no) from this), {{ baseline_passes }}) >= {{ baseline_passes }}
at_most: 101
cite: Koren (2010), Factor in the Neighbors: Scalable and Accurate Collaborative Filtering,
    section 2.1; in turns as in Hug (2020), Surprise: A Python library for recommender systems
*/
with

raised as (

    select
        ratings.user_no, ratings.item_no,
        ratings.rating - scale.mean_rating as rise
    from profile.ratings
    cross join profile.rating_scale as scale

),

by_item as (

    select
        raised.item_no,
        coalesce(max(latest.pass_no), 0) + 1 as pass_no,
        cast(sum(cast(
            raised.rise - coalesce(latest.baseline, 0) as decimal(18, 12)
        )) as double) / nullif(count(*) + {{ baseline_item_ridge }}, 0) as baseline
    from raised
    left join profile.rating_baselines as latest
        on latest.side = 'user'
        and latest.entity_no = raised.user_no
    group by raised.item_no

),

by_user as (

    select
        raised.user_no,
        max(by_item.pass_no) as pass_no,
        cast(sum(cast(
            raised.rise - by_item.baseline as decimal(18, 12)
        )) as double) / nullif(count(*) + {{ baseline_user_ridge }}, 0) as baseline
    from raised
    inner join by_item
        on by_item.item_no = raised.item_no
    group by raised.user_no

)

select
    cast('user' as varchar) as side,  -- user or item: whose it is
    by_user.user_no as entity_no,  -- the user or item
    cast(by_user.pass_no as integer) as pass_no,  -- passes that have been gone through
    by_user.baseline  -- what a user or an item adds to the mean of all ratings
from by_user
union all
select
    'item',
    by_item.item_no,
    cast(by_item.pass_no as integer),
    by_item.baseline
from by_item

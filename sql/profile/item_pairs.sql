/*
Which items are bought together, how often, and how much more often than by chance.

An item that lies in fewer baskets than a pair needs can have no pair, so only the others
are joined with each other, and of each two only one side. Chance is reckoned over all
baskets that are not huge, also those with nothing to recommend in them. What a single
household buys together week after week is its habit, not the market's: a pair needs
several buyers too.

grain: item_no, other_item_no
check: support > 0 and support <= 1
check: confidence > 0 and confidence <= 1
check: lift > 0
cite: Agrawal, Imielinski and Swami (1993); lift after Brin, Motwani, Ullman and Tsur (1997)
*/
with

totals as (

    select
        count(*) as basket_total,
        greatest({{ pair_min_baskets }}, {{ pair_min_support }} * count(*)) as least_count
    from profile.baskets
    where not baskets.is_huge

),

frequent as (

    select contents.item_no, count(*) as basket_count
    from profile.basket_items as contents
    group by contents.item_no
    having count(*) >= (select totals.least_count from totals)

),

joinable as (

    select contents.basket_no, contents.buyer_no, contents.item_no
    from profile.basket_items as contents
    inner join frequent
        on frequent.item_no = contents.item_no

),

halves as (

    select
        mine.item_no,
        theirs.item_no as other_item_no,
        count(*) as basket_count,
        count(distinct mine.buyer_no) as pair_buyer_count
    from joinable as mine
    inner join joinable as theirs
        on theirs.basket_no = mine.basket_no
        and theirs.item_no > mine.item_no
    group by mine.item_no, theirs.item_no
    having count(*) >= (select totals.least_count from totals)
        and count(distinct mine.buyer_no) >= {{ pair_min_buyers }}

),

pairs as (

    select halves.item_no, halves.other_item_no, halves.basket_count, halves.pair_buyer_count
    from halves
    union all
    select halves.other_item_no, halves.item_no, halves.basket_count, halves.pair_buyer_count
    from halves

)

select
    pairs.item_no,
    pairs.other_item_no,  -- dense number of the item bought with it
    pairs.basket_count,  -- baskets with both
    pairs.pair_buyer_count,  -- different buyers of these baskets; every guest's basket is another's
    pairs.basket_count / cast(nullif(totals.basket_total, 0) as double) as support,  -- of all baskets, those with both
    pairs.basket_count / cast(nullif(mine.basket_count, 0) as double) as confidence,  -- of the baskets with the item, those with the other too
    cast(pairs.basket_count as double) * totals.basket_total
        / nullif(cast(mine.basket_count as double) * theirs.basket_count, 0) as lift  -- times as often together as if they had nothing to do with each other
from pairs
cross join totals
inner join frequent as mine
    on mine.item_no = pairs.item_no
inner join frequent as theirs
    on theirs.item_no = pairs.other_item_no

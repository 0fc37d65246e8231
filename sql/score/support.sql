/*
For each item the items that may speak for it: those that most go together with it.

What goes together is counted over users, who count by the square of their rarity: that two
things are in a short profile tells more than that they are in a long one. It is measured
against both items' sums, with the power of asymmetry that of the item that speaks. A few users
are no evidence; so much of it is missing to everybody (shrinkage).

grain: slot_no
check: item_no <> voted_item_no
kind: tiled
tiles: score.item_strip
cite: Aiolli (2013), Efficient Top-N Recommendation for Very Large Scale Binary Rated
    Datasets (asymmetric cosine); Breese, Heckerman and Kadie (1998), section 2.1.3
    (inverse user frequency)
*/
with

{% include "strip_join.part" %}

placed as (

    select
        cast(floor(pairs.pair_no / {{ tile.width }}) as integer) as place_no,
        pairs.pair_no, pairs.both_count, pairs.told
    from pairs

),

alike as (

    select
        speaking.item_no,
        spoken_for.item_no as voted_item_no,
        placed.both_count,
        row_number() over (
            partition by spoken_for.item_no
            order by round(placed.told / nullif(
                power(speaking.told_sum, {{ co_asymmetry }})
                * power(spoken_for.told_sum, 1 - {{ co_asymmetry }})
                + {{ co_shrinkage }}, 0
            ), 9) desc, speaking.item_no
        ) as rank
    from placed
    inner join score.told as spoken_for
        on spoken_for.item_no = placed.place_no + {{ tile.first_no }}
    inner join score.told as speaking
        on speaking.item_no = placed.pair_no - placed.place_no * {{ tile.width }} + 1
    where speaking.item_no <> spoken_for.item_no
        and placed.told > 0

)

select
    cast((alike.voted_item_no - 1) * {{ co_neighbours }} + alike.rank as integer)
        as slot_no,  -- number of the pair: the places of the first item, those of the second and so on
    alike.item_no,
    alike.voted_item_no,  -- the item that is voted for
    alike.both_count  -- users who have both
from alike
where alike.rank <= {{ co_neighbours }}

/*
From each item to the items that a random walker most probably comes to next.

She steps from an item to one of its users and on to one of the user's items. Of the chance of
each step the power alpha is taken; that of the first step is the same for all items that she
may come to, and drops out where an item's vote is shared out. Bestsellers, to which every path
leads, count for less by the power beta. Chances lie on a fine grid: their sums are exact.

grain: item_no, voted_item_no
check: item_no <> voted_item_no
kind: tiled
tiles: score.item_strip
cite: Paudel, Christoffel, Newell and Bernstein (2017), Updatable, Accurate, Diverse, and
    Scalable Recommendations for Interactive Applications; beta = 0: Cooper and others (2014)
*/
with

{% include "strip_join.part" %}

ends as (

    select
        cast(floor(pairs.pair_no / {{ tile.width }}) as integer) as place_no,
        pairs.pair_no,
        pairs.chance
    from pairs

),

holders as (

    select
        holdings.item_no,
        count(*) as holder_count
    from score.holdings
    group by holdings.item_no

)

select
    ends.place_no + {{ tile.first_no }} as item_no,
    holders.item_no as voted_item_no,  -- the item that is voted for
    ends.chance * power(holders.holder_count, -1 * {{ walk_beta }}) as walk_weight  -- how probably one leads to the other, up to a factor
from ends
inner join holders
    on holders.item_no = ends.pair_no - ends.place_no * {{ tile.width }} + 1
where holders.item_no <> ends.place_no + {{ tile.first_no }}
qualify row_number() over (
    partition by ends.place_no
    order by ends.chance * power(holders.holder_count, -1 * {{ walk_beta }}) desc, holders.item_no
) <= {{ walk_neighbours }}

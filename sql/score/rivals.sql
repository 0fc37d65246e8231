/*
Who speaks for one item together, and how much each two of them say the same.

Those who have the one and those who have the other are partly the same users, whose voice
must not count twice. Only pairs that share an item they speak for are counted and kept: at most
the square of the neighbours for each item, however large the catalogue. A pair is its own
rival too, with all users of the item.

grain: slot_no, rival_slot_no
kind: tiled
tiles: score.item_strip
cite: Ning and Karypis (2011), SLIM: Sparse Linear Methods for Top-N Recommender Systems
*/
with

{% include "strip_join.part" %}

meetings as (

    select
        this.slot_no,
        rival.slot_no as rival_slot_no,
        (this.item_no - {{ tile.first_no }}) * {{ tile.width }} + rival.item_no - 1 as pair_no
    from score.support as this
    inner join score.support as rival
        on rival.voted_item_no = this.voted_item_no
    where this.item_no between {{ tile.first_no }} and {{ tile.last_no }}

)

select
    meetings.slot_no,
    meetings.rival_slot_no,  -- number of the pair of another item and the same one
    cast(pairs.both_count as integer) as both_count
from meetings
inner join pairs
    on pairs.pair_no = meetings.pair_no

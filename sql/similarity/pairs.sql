/*
What a similarity measure may know of a pair: its sufficient statistics.

One self-join on what two entities share; a view, because nobody could store all pairs.
Whoever reads it says which entities and takes what it needs: the rest is never computed.

grain: axis, entity_no, other_entity_no
kind: view
*/
with

shared as (

    select
        mine.axis,
        mine.entity_no,
        theirs.entity_no as other_entity_no,
        count(*) as common_count,
        sum(mine.weight * theirs.weight) as dot_product,
        sum(mine.weight) as common_sum,
        sum(theirs.weight) as other_common_sum,
        sum(mine.weight * mine.weight) as common_square_sum,
        sum(theirs.weight * theirs.weight) as other_common_square_sum
    from similarity.cell as mine
    inner join similarity.cell as theirs
        on theirs.axis = mine.axis
        and theirs.shared_no = mine.shared_no
        and theirs.entity_no <> mine.entity_no
    group by mine.axis, mine.entity_no, theirs.entity_no

)

select
    shared.axis,
    shared.entity_no,
    shared.other_entity_no,  -- the neighbour
    shared.common_count,  -- things that both have
    shared.dot_product,  -- sum of the products of their weights
    shared.common_sum,  -- of one's weights over the shared things
    shared.other_common_sum,  -- of the other's
    shared.common_square_sum,  -- of one's squared weights over the shared things
    shared.other_common_square_sum,  -- of the other's
    mine.degree_count,
    theirs.degree_count as other_degree_count,  -- things the other has
    mine.weight_sum,
    theirs.weight_sum as other_weight_sum,  -- of the other's weights
    mine.square_sum,
    theirs.square_sum as other_square_sum  -- of their squares
from shared
inner join similarity.totals as mine
    on mine.axis = shared.axis
    and mine.entity_no = shared.entity_no
inner join similarity.totals as theirs
    on theirs.axis = shared.axis
    and theirs.entity_no = shared.other_entity_no
where shared.common_count >= {{ min_common }}

/*
The nearest neighbours of every user and every item, by each chosen measure.

One self-join on what two entities share gives the sufficient statistics of a pair, and a
measure is one expression over them, in its own file; what no chosen measure reads is never
computed. A strip's pairs are cut to the nearest at once and never stored. Ties go to the
smaller number, that is to the more popular item or the smaller user id.

grain: axis, measure, entity_no, rank
check: entity_no <> other_entity_no
kind: tiled
tiles: similarity.tile
members: formulas
weight: 0
cite: Breese, Heckerman and Kadie (1998), Empirical Analysis of Predictive Algorithms
*/
with

shared as (

    select
        mine.entity_no,
        theirs.entity_no as other_entity_no,
        count(*) as common_count,
        sum(mine.weight * theirs.weight) as dot_product,
        sum(mine.weight) as common_sum, sum(theirs.weight) as other_common_sum,
        sum(mine.weight * mine.weight) as common_square_sum,
        sum(theirs.weight * theirs.weight) as other_common_square_sum
    from similarity.cell as mine
    inner join similarity.cell as theirs
        on theirs.shared_no = mine.shared_no
        and theirs.entity_no <> mine.entity_no
    where mine.axis = {{ tile.axis }}
        and theirs.axis = {{ tile.axis }}
        and mine.entity_no between {{ tile.first_no }} and {{ tile.last_no }}
    group by mine.entity_no, theirs.entity_no
    having count(*) >= {{ min_common }}

),

pair as (

    select
        shared.entity_no, shared.other_entity_no, shared.common_count, shared.dot_product,
        shared.common_sum, shared.other_common_sum,
        shared.common_square_sum, shared.other_common_square_sum,
        mine.degree_count, theirs.degree_count as other_degree_count,
        mine.weight_sum, theirs.weight_sum as other_weight_sum,
        mine.square_sum, theirs.square_sum as other_square_sum
    from shared
    inner join similarity.totals as mine
        on mine.axis = {{ tile.axis }} and mine.entity_no = shared.entity_no
    inner join similarity.totals as theirs
        on theirs.axis = {{ tile.axis }} and theirs.entity_no = shared.other_entity_no

),

nearest as (

    select
        {% for member in members %}
        top_rows(round({{ member.formula }}, 9), pair.other_entity_no, pair.common_count, {{ neighbours }})
            as {{ member.column }},
        {% endfor %}
        pair.entity_no
    from pair
    group by pair.entity_no

)

{% for member in members %}
select
    cast({{ tile.axis }} as varchar) as axis,
    {{ member.name }} as measure,  -- the similarity measure
    nearest.entity_no,
    found.place as rank,  -- 1 is the nearest or best
    found.neighbour.number as other_entity_no,  -- the neighbour
    found.neighbour.value as similarity,  -- how alike the two are, 1 at most
    found.neighbour.extra as common_count  -- things that both have
from nearest
cross join unnest(nearest.{{ member.column }}) with ordinality as found (neighbour, place)
{% if not loop.last %}
union all
{% endif %}
{% endfor %}

/*
The nearest neighbours of every user and every item, by each chosen measure.

One self-join on what two entities share gives the sufficient statistics of each pair;
a measure is one expression over them, in its own file. The pairs of a strip are cut to
the nearest at once and never stored. Ties go to the smaller number, that is to the more
popular item or the smaller user id.

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
        sum(mine.weight) as common_sum,
        sum(theirs.weight) as other_common_sum,
        sum(mine.weight * mine.weight) as common_square_sum,
        sum(theirs.weight * theirs.weight) as other_common_square_sum
    from similarity.cell as mine
    inner join similarity.cell as theirs
        on theirs.axis = mine.axis
        and theirs.shared_no = mine.shared_no
        and theirs.entity_no <> mine.entity_no
    where mine.axis = {{ tile.axis }}
        and mine.entity_no between {{ tile.first_no }} and {{ tile.last_no }}
    group by mine.entity_no, theirs.entity_no

),

pair as (

    select
        shared.entity_no,
        shared.other_entity_no,
        shared.common_count,
        shared.dot_product,
        shared.common_sum,
        shared.other_common_sum,
        shared.common_square_sum,
        shared.other_common_square_sum,
        mine.degree_count,
        theirs.degree_count as other_degree_count,
        mine.weight_sum,
        theirs.weight_sum as other_weight_sum,
        mine.square_sum,
        theirs.square_sum as other_square_sum
    from shared
    inner join similarity.totals as mine
        on mine.axis = {{ tile.axis }}
        and mine.entity_no = shared.entity_no
    inner join similarity.totals as theirs
        on theirs.axis = {{ tile.axis }}
        and theirs.entity_no = shared.other_entity_no
    where shared.common_count >= {{ min_common }}

),

nearest as (

    select
        {% for member in members %}
        top_rows(
            round({{ member.formula }}, 9),
            pair.other_entity_no, pair.common_count, {{ neighbours }}
        ) as {{ member.column }},
        {% endfor %}
        pair.entity_no
    from pair
    group by pair.entity_no

),

neighbours as (

    {% for member in members %}
    select
        {{ member.name }} as measure,
        nearest.entity_no,
        unnest(nearest.{{ member.column }}) as neighbour
    from nearest
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}

)

select
    cast({{ tile.axis }} as varchar) as axis,
    neighbours.measure,  -- the similarity measure
    neighbours.entity_no,
    row_number() over (
        partition by neighbours.measure, neighbours.entity_no
        order by neighbours.neighbour.value desc, neighbours.neighbour.number
    ) as rank,  -- 1 is the nearest or best
    neighbours.neighbour.number as other_entity_no,  -- the neighbour
    neighbours.neighbour.value as similarity,  -- how alike the two are, 1 at most
    neighbours.neighbour.extra as common_count  -- things that both have
from neighbours

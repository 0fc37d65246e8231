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

nearest as (

    select
        {% for member in members %}
        top_rows(
            round({{ member.formula }}, 9),
            pair.other_entity_no, pair.common_count, {{ neighbours }}
        ) as {{ member.column }},
        {% endfor %}
        pair.entity_no
    from similarity.pairs as pair
    where pair.axis = {{ tile.axis }}
        and pair.entity_no between {{ tile.first_no }} and {{ tile.last_no }}
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
    neighbours.neighbour.number as other_entity_no,
    neighbours.neighbour.value as similarity,  -- how alike the two are, 1 at most
    neighbours.neighbour.extra as common_count
from neighbours

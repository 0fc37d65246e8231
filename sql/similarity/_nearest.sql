/*
The nearest neighbours of every user and every item, by each chosen measure, in no order.

One self-join on what two entities share gives the sufficient statistics of a pair, and a
measure is one expression over them, in its own file; what no chosen measure reads is never
computed. A tile joins one strip of entities with another, so that a pair is met once and
speaks for both. Its sums are kept by the pair's number within the tile, small enough a number
to be an address in the processor's cache. What cannot be among the nearest any more goes at
once, the rest is cut to the nearest after each batch of tiles, and no list of pairs is stored.

grain: axis, measure, entity_no, other_entity_no
check: entity_no <> other_entity_no
kind: tiled
tiles: similarity.tile
keep: row_number() over (
    partition by axis, measure, entity_no
    order by similarity desc, other_entity_no
    ) <= {{ neighbours }}
members: formulas
weight: 0
cite: Breese, Heckerman and Kadie (1998), Empirical Analysis of Predictive Algorithms
*/
with

{% include "self_join.part" %}

scored as (

    select
        {% for member in members %}
        round({{ member.formula }}, 9) as {{ member.column }},
        {% endfor %}
        pair.place_no, pair.entity_no, pair.other_entity_no, pair.common_count
    from pair

),

bar as (

    select
        nearest.measure,
        nearest.place_no,
        min(nearest.similarity) as similarity
    from similarity.nearest
    where nearest.axis = {{ tile.axis }}
        and (
            nearest.place_no between {{ tile.first_place_no }} and {{ tile.last_place_no }}
            or nearest.place_no between {{ tile.other_first_place_no }} and {{ tile.other_last_place_no }}
        )
    group by nearest.measure, nearest.place_no
    having count(*) >= {{ neighbours }}

)

{% for member in members %}
select
    cast({{ tile.axis }} as varchar) as axis,
    {{ member.name }} as measure,  -- the similarity measure
    found.place_no,
    found.entity_no,
    found.neighbour.number as other_entity_no,  -- the neighbour
    found.neighbour.value as similarity,  -- how alike the two are, 1 at most
    found.neighbour.extra as common_count  -- things that both have
from (
    select
        scored.place_no, scored.entity_no,
        unnest(top_rows(
            scored.{{ member.column }}, scored.other_entity_no, scored.common_count, {{ neighbours }}
        )) as neighbour
    from scored
    left join bar
        on bar.measure = {{ member.name }}
        and bar.place_no = scored.place_no
    where scored.{{ member.column }} >= coalesce(bar.similarity, 0.000000001)
    group by scored.place_no, scored.entity_no
) as found
{% if not loop.last %}
union all
{% endif %}
{% endfor %}

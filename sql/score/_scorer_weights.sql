/*
How much each chosen scorer counts in the blend.

Each has a weight of its own. Or alpha is set, the one knob of the textbook hybrid
R = alpha * collaborative + (1 - alpha) * content: then content gets the rest, and the
others share alpha in the proportion of their weights.

grain: scorer
check: scorer_weight >= 0
members: tables
weight: 0
cite: Burke (2002), Hybrid Recommender Systems, section 3.1 (weighted)
*/
with

chosen as (

    {% for member in members %}
    select
        {{ member.name }} as scorer,
        cast({{ member.weight }} as double) as own_weight
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}

)

select
    chosen.scorer,  -- the scorer
    case
        when {{ alpha }} < 0 then chosen.own_weight
        when chosen.scorer = 'content' then 1 - {{ alpha }}
        else {{ alpha }} * chosen.own_weight / nullif(
            sum(case when chosen.scorer <> 'content' then chosen.own_weight else 0 end) over (), 0
        )
    end as scorer_weight  -- how much the scorer counts in the sum of all
from chosen

/*
The best items of each user by all scorers together, and what each scorer adds.

Each score is divided by its standard deviation over all items that the user has not had
(zero where the scorer is silent), then weighted. Of the variants of a product the best
stands for all. Ties go to the more popular item. Contributions add up to the score.

Before anything is sorted, a bar leaves out nearly all: the n-th best of some blocks of
products, each with its best one, is no better than the n-th best of all.

grain: user_no, item_no, scorer
kind: tiled
tiles: recommendation.user_tile
members: tables of score
*/
with

{% include "eligible_scores.part" %}

{% include "weighed_scores.part" %}

bars as (

    select blocks.user_no, blocks.score
    from (
        select weighed.user_no, max(weighed.score) as score
        from weighed
        group by weighed.user_no, weighed.kin_no % (8 * {{ top_n }})
    ) as blocks
    qualify row_number() over (
        partition by blocks.user_no order by blocks.score desc
    ) = {{ top_n }}

),

products as (

    select
        {% for member in members %}
        weighed.{{ member.column }},
        {% endfor %}
        weighed.user_no, weighed.item_no, weighed.score
    from weighed
    left join bars on bars.user_no = weighed.user_no
    where weighed.score > 0
        and weighed.score >= coalesce(bars.score, 0)
    qualify row_number() over (
        partition by weighed.user_no, weighed.kin_no
        order by weighed.score desc, weighed.item_no
    ) = 1

),

ranked as (

    select
        {% for member in members %}
        products.{{ member.column }},
        {% endfor %}
        products.user_no, products.item_no, products.score,
        row_number() over (
            partition by products.user_no
            order by products.score desc, products.item_no
        ) as rank
    from products

)

{% for member in members %}
select
    ranked.user_no,
    ranked.rank,  -- 1 is the nearest or best
    ranked.item_no,
    ranked.score,  -- how much speaks for the item; only comparable within one list and source
    {{ member.name }} as scorer,  -- the scorer
    cast(ranked.{{ member.column }} as decimal(24, 12)) as contribution,  -- what this adds to the score
    factors.{{ member.column }} as factor  -- what each of the user's scores by the scorer is multiplied by
from ranked
inner join factors on factors.user_no = ranked.user_no
where ranked.rank <= {{ top_n }}
    and ranked.{{ member.column }} <> 0
{% if not loop.last %}
union all
{% endif %}
{% endfor %}

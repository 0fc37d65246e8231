/*
The best items of each user by all scorers together, and what each scorer adds.

Each score is divided by its standard deviation over all items that the user has not had
(zero where the scorer is silent), then weighted. Of the variants of a product the best
stands for all. Ties go to the more popular item. Contributions add up to the score.

grain: user_no, item_no, scorer
kind: tiled
tiles: recommendation.user_tile
*/
with

spoken as (

    select eligible.scorer, eligible.user_no, eligible.item_no, eligible.kin_no, eligible.score
    from recommendation.eligible
    where eligible.user_no between {{ tile.first_no }} and {{ tile.last_no }}

),

factors as (

    select
        spoken.scorer,
        spoken.user_no,
        weights.scorer_weight / nullif(case when {{ normalise }} then spread(
            cast(sum(spoken.score) as double) / nullif(unseen.unseen_count, 0),
            cast(sum(spoken.score * spoken.score) as double) / nullif(unseen.unseen_count, 0)
        ) else 1 end, 0) as factor
    from spoken
    inner join recommendation.unseen on unseen.user_no = spoken.user_no
    inner join score.scorer_weights as weights on weights.scorer = spoken.scorer
    group by spoken.scorer, spoken.user_no, weights.scorer_weight, unseen.unseen_count

),

weighed as (

    select
        spoken.scorer, spoken.user_no, spoken.item_no, spoken.kin_no,
        cast(factors.factor * cast(spoken.score as double) as decimal(24, 12)) as contribution
    from spoken
    inner join factors
        on factors.scorer = spoken.scorer and factors.user_no = spoken.user_no

),

variants as (

    select
        weighed.user_no, weighed.item_no, weighed.kin_no,
        cast(cast(sum(weighed.contribution) as decimal(18, 9)) as double) as score
    from weighed
    group by weighed.user_no, weighed.item_no, weighed.kin_no

),

products as (

    select
        variants.user_no,
        top_row(variants.score, variants.item_no) as variant
    from variants
    group by variants.user_no, variants.kin_no

),

best as (

    select
        products.user_no,
        top_rows(products.variant.value, products.variant.number, null, {{ top_n }}) as items
    from products
    group by products.user_no

)

select
    weighed.user_no,
    found.place as rank,  -- 1 is the nearest or best
    weighed.item_no,
    found.item.value as score,
    weighed.scorer,
    weighed.contribution  -- what this adds to the score
from best
cross join unnest(best.items) with ordinality as found (item, place)
inner join weighed
    on weighed.user_no = best.user_no and weighed.item_no = found.item.number

/*
What each list is like, whether it finds anything or not: new, popular, personal.

grain: contender, user_no
cite: Castells, Hurley and Vargas (2015), Novelty and Diversity in Recommender Systems;
    Yin, Cui, Li, Yao and Chen (2012), Challenging the Long Tail Recommendation (popularity)
*/
with

population as (

    select count(distinct user_item.user_no) as user_count
    from profile.user_item

),

popularities as (

    select
        user_item.item_no,
        count(*) as user_count
    from profile.user_item
    group by user_item.item_no

),

summed as (

    select
        shown.contender, shown.user_no,
        count(*) as shown_count,
        max(cast(shown.is_own as integer)) as has_own,
        cast(sum(cast(-ln(
            cast(greatest(coalesce(popularities.user_count, 0), 1) as double)
                / nullif(population.user_count, 0)
        ) / ln(2) as decimal(18, 12))) as double) as surprise_sum,
        cast(sum(coalesce(popularities.user_count, 0)) as double)
            / nullif(any_value(population.user_count), 0) as popularity_sum
    from evaluation.shown
    cross join population
    left join popularities
        on popularities.item_no = shown.item_no
    group by shown.contender, shown.user_no

)

select
    summed.contender,
    summed.user_no,
    summed.surprise_sum / nullif(summed.shown_count, 0) as novelty,  -- mean self-information of what is shown: -log2 of the share of users who had had to do with it
    summed.popularity_sum / nullif(summed.shown_count, 0)
        as average_recommendation_popularity,  -- mean share of users who had had to do with what is shown
    summed.has_own as user_coverage  -- 1 if the list holds anything but bestsellers that fill it up
from summed

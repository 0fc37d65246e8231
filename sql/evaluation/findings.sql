/*
What the scorecard says, in plain words, also where the recommender is no better.

grain: sentence_no
*/
with

overall as (

    select
        card.metric_value, card.bestseller_value, card.verdict,
        of_hundred(card.difference_low) || ' to ' || of_hundred(card.difference_high) as span
    from evaluation.scorecard as card
    where card.slice_kind = 'all'
        and card.metric = 'hit_rate_at_k'

),

groups as (

    select
        case card.slice_kind
            when 'segment' then card.slice
            when 'activity' then 'the ' || card.slice
            else card.slice_kind || ' ' || card.slice
        end as who,
        card.slice_kind, card.slice,
        of_hundred(card.metric_value) || ' of 100, bestsellers '
            || of_hundred(card.bestseller_value) as both,
        card.metric_value, card.difference, card.verdict
    from evaluation.scorecard as card
    where card.slice_kind not in ('all', 'popularity')
        and card.metric = 'hit_rate_at_k'

),

weakest as (

    select groups.who, groups.both
    from groups
    where groups.slice_kind in ('activity', 'segment')
    qualify row_number() over (order by groups.metric_value, groups.slice_kind, groups.slice) = 1

),

beaten as (

    select
        groups.who, groups.both,
        count(*) over () as group_count,
        count(*) filter (where groups.verdict = 'better') over () as won_count
    from groups
    qualify row_number() over (
        order by groups.verdict = 'better', groups.difference, groups.slice_kind, groups.slice
    ) = 1

)

select
    1 as sentence_no,  -- its place
    'For every 100 customers shown ' || {{ k }} || ' products, '
        || of_hundred(overall.metric_value) || ' ' || test_part.deed_in_words
        || '; the bestseller list gets ' || of_hundred(overall.bestseller_value) || '.' as sentence  -- what was found, in words
from overall
cross join evaluation.test_part
union all
select 2, case overall.verdict
    when 'better' then 'The recommender beats the bestseller list'
    when 'worse' then 'The recommender does not beat the bestseller list, which gets more'
    else 'The recommender does not clearly beat the bestseller list: it may be chance'
end || ' (95 % interval of the difference: ' || overall.span || ' in 100).'
from overall
union all
select 3, 'Weakest for ' || weakest.who || ' (' || weakest.both || ').'
from weakest
union all
select 4, case
    when beaten.won_count = beaten.group_count
        then 'It is clearly ahead in each of ' || beaten.group_count || ' groups of customers'
    else 'It is clearly ahead in ' || beaten.won_count || ' of ' || beaten.group_count
        || ' groups of customers; it compares worst for ' || beaten.who
        || ' (' || beaten.both || ')'
end || '.'
from beaten
union all
select 5, 'Expected ratings are off by ' || in_words(round(card.metric_value, 2), 'rating')
    || ' on average, the items'' mean ratings by '
    || in_words(round(card.bestseller_value, 2), 'rating') || '.'
from evaluation.scorecard as card
where card.slice_kind = 'all' and card.metric = 'mae'

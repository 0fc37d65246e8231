/*
How well each list finds what its user chose.

The list is the head of the full ranking of everything that she might be shown; nothing is
sampled. Sums run over decimals, so that they do not depend on the order of threads.

grain: contender, stratum, user_no
cite: Järvelin and Kekäläinen (2002), Cumulated gain-based evaluation of IR techniques (nDCG)
*/
with

places as (

    select
        each_of(numbers_to({{ k }})) as place

),

gains as (

    select
        places.place,
        cast(ln(2) / ln(places.place + 1) as decimal(18, 15)) as gain
    from places
    where places.place > 0

),

ideals as (

    select
        gains.place,
        sum(gains.gain) over (
            order by gains.place rows between unbounded preceding and current row
        ) as gain
    from gains

),

wanted as (

    select
        contenders.contender, targets.stratum, targets.user_no,
        count(*) as wanted_count
    from evaluation.targets
    cross join (select distinct shown.contender from evaluation.shown) as contenders
    group by contenders.contender, targets.stratum, targets.user_no

),

found as (

    select
        shown.contender, targets.stratum, targets.user_no,
        shown.rank,
        gains.gain,
        cast(row_number() over (
            partition by shown.contender, targets.stratum, targets.user_no order by shown.rank
        ) as double) / nullif(shown.rank, 0) as precision_here
    from evaluation.shown
    inner join evaluation.targets
        on targets.user_no = shown.user_no and targets.product_id = shown.product_id
    inner join gains
        on gains.place = shown.rank

)

select
    wanted.contender,
    wanted.stratum,
    wanted.user_no,
    wanted.wanted_count,  -- products that she chose in the test part
    count(found.rank) / {{ k }} as precision_at_k,  -- hits in the list, of its k places
    count(found.rank) / nullif(wanted.wanted_count, 0) as recall_at_k,  -- hits in the list, of all that she chose
    cast(count(found.rank) > 0 as integer) as hit_rate_at_k,  -- 1 if the list holds a hit
    cast(coalesce(sum(found.gain), 0) as double) / nullif(any_value(cast(ideals.gain as double)), 0)
        as ndcg_at_k,  -- sum over hits of 1 / log2(place + 1), of the sum that min(k, all that she chose) hits in front would have
    cast(coalesce(sum(cast(found.precision_here as decimal(18, 15))), 0) as double)
        / nullif(wanted.wanted_count, 0) as map_at_k,  -- sum over hits of the precision up to their place, of all that she chose
    coalesce(1.0 / nullif(min(found.rank), 0), 0) as mrr_at_k  -- 1 / place of the first hit; 0 without one
from wanted
inner join ideals
    on ideals.place = least(wanted.wanted_count, {{ k }})
left join found
    on found.contender = wanted.contender and found.stratum = wanted.stratum
    and found.user_no = wanted.user_no
group by wanted.contender, wanted.stratum, wanted.user_no, wanted.wanted_count

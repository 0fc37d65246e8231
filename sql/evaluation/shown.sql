/*
The lists that are judged: the recommender's, and the bestsellers that she has not had.

Only of users who chose something in the test part. The bestseller list is the same for
everybody but for what each has had; whoever has had n products needs to look no further
than place n + k of the chart.

grain: contender, user_no, rank
*/
with

judged as (

    select distinct hits.user_no
    from evaluation.hits

),

reach as (

    select
        judged.user_no,
        {{ k }} + count(exclusions.kin_no) as depth
    from judged
    left join recommendation.exclusions
        on exclusions.user_no = judged.user_no
    group by judged.user_no

),

listed as (

    select
        'recommender' as contender,
        lists.user_no,
        lists.rank,
        lists.item_no,
        lists.source = 'personalized' as is_own
    from recommendation.lists
    inner join judged
        on judged.user_no = lists.user_no
    where lists.list = 'discover'
        and lists.rank <= {{ k }}
    union all
    select
        'bestsellers' as contender,
        reach.user_no,
        row_number() over (partition by reach.user_no order by charts.position) as rank,
        charts.item_no,
        true as is_own
    from reach
    inner join recommendation.charts
        on charts.group_name = ''
        and charts.position <= reach.depth
    left join recommendation.exclusions
        on exclusions.user_no = reach.user_no
        and exclusions.kin_no = charts.kin_no
    where exclusions.kin_no is null
    qualify rank <= {{ k }}

)

select
    listed.contender,  -- recommender, or bestsellers: what it has to beat
    listed.user_no,
    listed.rank,
    listed.item_no,
    coalesce(described.parent_item_id, described.item_id) as product_id,
    listed.is_own  -- false: a bestseller that fills the list up
from listed
inner join profile.items
    on items.item_no = listed.item_no
inner join staging.items as described
    on described.item_id = items.item_id

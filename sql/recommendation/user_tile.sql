/*
The users cut into strips, so that the scores of a strip stay near the processor.

For how many items the scorers speak is counted for the first 32 users, which are enough for a
width. The others are expected to get as many, those who have had more than these accordingly
more, and nobody more than there are.

grain: first_no
*/
with

catalogue as (

    select count(*) as item_count
    from profile.items

),

histories as (

    select
        users.user_no,
        count(user_item.item_no) as had_count
    from profile.users
    left join profile.user_item
        on user_item.user_no = users.user_no
    where not users.is_excluded
    group by users.user_no

),

counted as (

    select
        parts.user_no,
        count(distinct parts.item_no) as score_count
    from score.contributions as parts
    where parts.user_no <= 32
    group by parts.user_no

),

usual as (

    select
        avg(counted.score_count) as score_count,
        avg(histories.had_count) as had_count
    from counted
    inner join histories
        on histories.user_no = counted.user_no

),

expected as (

    select
        histories.user_no,
        least(catalogue.item_count, coalesce(
            ceil(usual.score_count * greatest(1, histories.had_count / nullif(usual.had_count, 0))),
            catalogue.item_count
        )) as score_count
    from histories
    cross join usual
    cross join catalogue

),

numbered as (

    select
        expected.user_no,
        ceil(sum(expected.score_count) over (
            order by expected.user_no rows unbounded preceding
        ) / {{ tile_scores }}) as strip_no
    from expected

)

select
    min(numbered.user_no) as first_no,  -- the first entity of the strip
    max(numbered.user_no) as last_no  -- the last entity of the strip
from numbered
group by numbered.strip_no

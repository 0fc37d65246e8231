/*
The users cut into strips, so that the scores of a strip fit into memory.

Every user may have a score for every item, and nearly does where baskets are large.

grain: first_no
*/
with

catalogue as (

    select count(*) as item_count
    from profile.items

),

numbered as (

    select
        users.user_no,
        ceil(
            cast(users.user_no as double) * catalogue.item_count / nullif({{ tile_scores }}, 0)
        ) as tile_no
    from profile.users
    cross join catalogue
    where not users.is_excluded

)

select
    min(numbered.user_no) as first_no,  -- the first entity of the strip
    max(numbered.user_no) as last_no  -- the last entity of the strip
from numbered
group by numbered.tile_no

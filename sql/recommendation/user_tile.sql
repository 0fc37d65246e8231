/*
The users cut into strips, so that the scores of a strip have an address each in memory.

Every user may have a score for every item, and nearly does where baskets are large. The
numbers of users and of items take whole bits of an address each: a strip fills its own,
unless it is full before, because its users have so much that it leaves the processor's cache.

grain: first_no
*/
with

addresses as (

    select {{ tile_bits }} - ceil(ln(count(*) + 2) / ln(2)) as user_bits
    from profile.items

),

had as (

    select cast(count(*) as double) as row_count
    from profile.user_item

),

everybody as (

    select count(*) as user_count
    from profile.users
    where not users.is_excluded

),

widths as (

    select greatest(1, floor(least(
        power(2, addresses.user_bits) - 2,
        {{ tile_user_items }} * everybody.user_count / nullif(had.row_count, 0)
    ))) as user_count
    from addresses
    cross join had
    cross join everybody

),

families as (

    select count(*) as item_count
    from profile.item_kin
    group by item_kin.kin_no

),

numbered as (

    select
        users.user_no,
        floor((users.user_no - 1) / nullif(widths.user_count, 0)) as strip_no
    from profile.users
    cross join widths
    where not users.is_excluded

)

select
    min(numbered.user_no) as first_no,  -- the first entity of the strip
    max(numbered.user_no) as last_no,  -- the last entity of the strip
    {{ top_n }} * (
        select coalesce(max(families.item_count), 1) from families
    ) as depth  -- how many of a user's best items hold enough different products
from numbered
group by numbered.strip_no

/*
What the caps of the self-join left out, counted, so that nothing is capped silently.

grain: finding, source
check: warn finding <> 'capped users' -- {row_count} rows of profile.user_item are {meaning}
check: warn finding <> 'capped items' -- {row_count} rows of profile.user_item are {meaning}
*/
with

cut as (

    select
        left_out.axis,
        left_out.shared_no,
        count(*) as row_count
    from similarity.left_out
    group by left_out.axis, left_out.shared_no

),

named as (

    select
        cut.axis,
        cut.shared_no,
        cut.row_count,
        coalesce(users.user_id, items.item_id) as shared_id
    from cut
    left join profile.users
        on cut.axis = 'item'
        and users.user_no = cut.shared_no
    left join profile.items
        on cut.axis = 'user'
        and items.item_no = cut.shared_no

)

select
    case when named.axis = 'item' then 'capped users' else 'capped items' end
        as finding,  -- what was found
    case
        when named.axis = 'item'
            then 'left out of similar items, beyond the newest ' || {{ newest_items_per_user }}
                || ' items of a user (similarity.newest_items_per_user)'
        else 'left out of similar users, beyond the newest ' || {{ newest_users_per_item }}
            || ' users of an item (similarity.newest_users_per_item)'
    end as meaning,  -- what that means
    'all sources' as source,  -- the source's name in the project file; a cap is of all of them
    cast(sum(named.row_count) as bigint) as row_count,  -- how often
    first_of(
        named.shared_id || ' (' || named.row_count || ')', -named.row_count, named.shared_no
    ) as example  -- the first of them
from named
group by named.axis

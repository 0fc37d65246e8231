/*
The user-item matrix in both orientations, so that one kernel serves both.

On the axis `user` the entities are users and what they share are items; on the axis
`item` it is the other way round, and what items are told apart by can stand beside their
users, so that an item that nobody has yet is like others too. Excluded users are nobody's
neighbours, and what a cap leaves out is in left_out; there is none by default. Weighted, a
cell counts for less where the entity has much and where the shared thing is with many.
Weights lie on a grid of 1/4096 (see on_grid).

grain: axis, entity_no, shared_no
kind: view
cite: Robertson and Zaragoza (2009), The Probabilistic Relevance Framework: BM25 and Beyond,
    with k1 = 1.2 and b = 0.75; tf_idf: root of the strength times rarity
cite: Mobasher, Jin and Zhou (2004), Semantically Enhanced Collaborative Filtering on the Web
    (features beside users)
*/
with

sides as (

    select
        'user' as axis,
        user_item.user_no as entity_no,
        user_item.item_no as shared_no,
        user_item.strength
    from profile.user_item
    inner join profile.users
        on users.user_no = user_item.user_no
        and not users.is_excluded
    where is_one_of('user', {{ axes }})
    union all
    select 'item', user_item.item_no, user_item.user_no, user_item.strength
    from profile.user_item
    inner join profile.users
        on users.user_no = user_item.user_no
        and not users.is_excluded
    where is_one_of('item', {{ axes }})

),

weighted as (

    select
        sides.axis, sides.entity_no, sides.shared_no,
        on_grid(case {{ weighting }}
            when 'none' then sides.strength
            when 'tf_idf' then sqrt(sides.strength) * shared.rareness
            when 'bm25' then sides.strength * 2.2
                / nullif(1.2 * (0.25 + 0.75 * mine.relative_degree) + sides.strength, 0)
                * shared.rareness
        end) as weight
    from sides
    left join similarity.left_out
        on left_out.axis = sides.axis
        and left_out.entity_no = sides.entity_no
        and left_out.shared_no = sides.shared_no
    left join similarity.extents as mine
        on mine.axis = sides.axis
        and mine.entity_no = sides.entity_no
        and {{ weighting }} <> 'none'
    left join similarity.extents as shared
        on shared.axis <> sides.axis
        and shared.entity_no = sides.shared_no
        and {{ weighting }} <> 'none'
    where left_out.axis is null
    union all
    select
        'item', features.item_no, -1 * features.feature_no,
        on_grid(features.feature_weight * {{ item_features }})
    from profile.item_features as features
    inner join profile.items
        on items.item_no = features.item_no
        and items.is_recommendable
    where {{ item_features }} > 0 and is_one_of('item', {{ axes }})

)

select
    weighted.axis,  -- what is compared: user or item
    weighted.entity_no,  -- the user or item
    weighted.shared_no,  -- the item or user that entities have in common; below 0 a feature of items
    weighted.weight  -- how strongly they belong together
from weighted
where weighted.weight > 0

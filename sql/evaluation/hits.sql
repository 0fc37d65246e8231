/*
What users chose in the test part and might have been shown: what a list should hold.

A product counts once, whichever of its variants it was. Bought or rated well counts
(`hit_events`, `hit_rating`). What is never recommended does not; nor does what the user had
had before, unless lists may show that too (`repeats`). A product that nobody had touched before
counts: that no list could hold it is a shortcoming of lists. Whoever was not known before
has no list, and no hits either.

grain: user_no, product_id
*/
with

chosen as (

    select
        users.user_no,
        coalesce(described.parent_item_id, test.item_id) as product_id,
        test.event_type,
        known.kin_no
    from evaluation.held_out as test
    inner join profile.users
        on users.user_id = test.user_id
        and not users.is_excluded
    left join staging.items as described
        on described.item_id = test.item_id
    left join profile.items
        on items.item_id = test.item_id
    left join profile.item_kin as known
        on known.item_no = items.item_no
    where test.fate = 'used'
        and test.item_id is not null
        and is_one_of(test.event_type, {{ hit_events }})
        and coalesce(test.rating >= {{ hit_rating }}, test.event_type <> 'rating')
        and coalesce(described.is_recommendable, true)

)

select
    chosen.user_no,
    chosen.product_id,  -- the product: the parent of its variants, else the item
    bool_and(chosen.event_type = 'purchase') as is_bought  -- true: it was bought; false: it was rated or more
from chosen
left join recommendation.exclusions
    on exclusions.user_no = chosen.user_no
    and exclusions.kin_no = chosen.kin_no
where exclusions.kin_no is null
group by chosen.user_no, chosen.product_id

/*
Users who spend far more of their money on one category than others do.

What everybody buys a lot of, such as milk, makes nobody a devotee: her part is compared with
that of all others. It must also be a considerable part, in several orders, since a single
large purchase is no devotion. Of several such categories the one counts that stands out most.

grain: user_id
label: Category devotee
priority: 40
objective: Be the first address for their category, and lead them on to the one beside it.
offer: First access to what is new in the category, advice, a tasting or a members' circle, and
    with it one thing from a neighbouring category. No discount on what they come for anyway.
message: New on the shelf that you know best, for you before it goes into the window.
channel: A message about this category alone: e-mail, app, or the people at the counter.
contact: email, app, post, store
timing: When something new of the category arrives, otherwise once a month at most.
measure: Net amount in the category and in the one beside it within 90 days, against the
    control group.
param: devotee_min_orders = 3 (orders with the category that it takes [1 or more])
param: devotee_factor = 2.0 (times the usual part of the spending that it takes [1 or more])
param: devotee_excess_share = 0.15 (by which her part must exceed the usual one besides [0 to
    1])
param: devotee_never = [] (categories in which nobody is called a devotee, such as those that
    tell of health)
*/
with

spending as (

    select
        bought.user_id,
        bought.category,
        bought.order_count,
        greatest(bought.net_amount, 0) as spent_amount,
        sum(greatest(bought.net_amount, 0)) over (partition by bought.user_id) as user_amount,
        sum(greatest(bought.net_amount, 0)) over (partition by bought.category) as category_amount,
        sum(greatest(bought.net_amount, 0)) over () as whole_amount
    from profile.user_categories as bought

),

compared as (

    select
        spending.user_id,
        spending.category,
        spending.order_count,
        spending.spent_amount / cast(nullif(spending.user_amount, 0) as double) as spent_share,
        (spending.category_amount - spending.spent_amount)
            / cast(nullif(spending.whole_amount - spending.user_amount, 0) as double) as usual_share
    from spending
    where spending.category <> '(none)'
        and not is_one_of(spending.category, {{ devotee_never }})

)

select
    compared.user_id,
    compared.category,  -- above all
    compared.spent_share,  -- of the spending goes there
    compared.usual_share,  -- is usual with others
    compared.order_count  -- orders with it
from compared
where compared.order_count >= {{ devotee_min_orders }}
    and compared.spent_share >= {{ devotee_factor }} * compared.usual_share
    and compared.spent_share >= compared.usual_share + {{ devotee_excess_share }}
qualify row_number() over (
    partition by compared.user_id
    order by round(compared.spent_share - compared.usual_share, 9) desc, compared.category
) = 1

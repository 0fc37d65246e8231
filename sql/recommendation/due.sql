/*
What each user is due to buy again: by her own rhythm and the product's, best first.

Due is what runs out within the days that a list serves and is not so long overdue that she
has given it up: in her gaps, so that bread is forgotten before soap, and in days, since a
reminder of what ran out last summer is none. The score starts from the chance of a purchase
in these days at her pace (a Poisson process, as in Bhagat et al.); it grows with how often she has
bought it and falls off once it is overdue. It does not fall off ahead of the day: whoever
bought a thing lately is the likeliest to buy it. One variant stands for the product, of
those that can be had the one she buys most.

grain: user_no, item_no
check: score > 0
cite: Bhagat et al. 2018, Buy It Again: Modeling Repeat Purchase Recommendations, KDD
*/
with

variants as (

    select
        days.user_no, days.kin_no, days.item_no
    from profile.purchase_days as days
    inner join profile.items
        on items.item_no = days.item_no
        and items.is_available
    group by days.user_no, days.kin_no, days.item_no
    qualify row_number() over (
        partition by days.user_no, days.kin_no
        order by count(*) desc, max(days.bought_on) desc, days.item_no
    ) = 1

),

waiting as (

    select
        gaps.user_no,
        variants.item_no,
        gaps.purchase_count, gaps.last_bought_on,
        gaps.own_gap_days, gaps.product_gap_days, gaps.usual_gap_days,
        gaps.expected_on,
        clock.reference_on,
        clock.reference_on - gaps.last_bought_on as waiting_days
    from recommendation.usual_gaps as gaps
    cross join profile.clock
    inner join variants
        on variants.user_no = gaps.user_no
        and variants.kin_no = gaps.kin_no

),

scored as (

    select
        waiting.user_no,
        waiting.item_no,
        round(
            ln(1 + waiting.purchase_count) / ln(2)
            * (1 - exp(-greatest({{ due_within_days }}, 1) / nullif(waiting.usual_gap_days, 0)))
            / nullif(greatest(waiting.waiting_days / nullif(waiting.usual_gap_days, 0), 1), 0),
            9
        ) as score,
        waiting.purchase_count, waiting.last_bought_on,
        waiting.own_gap_days, waiting.product_gap_days, waiting.usual_gap_days,
        waiting.expected_on
    from waiting
    where waiting.waiting_days + {{ due_within_days }} >= {{ due_from }} * waiting.usual_gap_days
        and waiting.waiting_days <= {{ due_until }} * waiting.usual_gap_days
        and waiting.expected_on >= waiting.reference_on - {{ due_overdue_days }}

)

select
    scored.user_no,
    scored.item_no,
    scored.score,  -- how much speaks for the item; only comparable within one list and source
    row_number() over (
        partition by scored.user_no
        order by scored.score desc, scored.item_no
    ) as rank,  -- 1 is the nearest or best
    scored.purchase_count,
    scored.last_bought_on,
    scored.own_gap_days,
    scored.product_gap_days,
    scored.usual_gap_days,
    scored.expected_on
from scored
qualify rank <= {{ top_n }}

/*
After how many days each user usually buys each of her products again, and so when next.

Her own mean gap, blended with the product's: the product weighs as much as so many gaps of
her own, so whoever has bought often sets her own pace, and whoever has bought once follows
the others. Where the product has no rhythm, her own gaps must be enough to tell one. What
may be told of her is her own mean gap alone, and only where that many gaps made it: one gap
is no habit, and the blend is nobody's.

grain: user_no, kin_no
check: usual_gap_days > 0
*/
with

blended as (

    select
        bought.user_no,
        bought.kin_no,
        bought.purchase_count,
        bought.last_bought_on,
        rhythm.product_gap_days,
        case
            when bought.purchase_count > {{ rhythm_own_gaps }}
                then cast(bought.last_bought_on - bought.first_bought_on as double)
                    / nullif(bought.purchase_count - 1, 0)
        end as own_gap_days,
        cast(
            bought.last_bought_on - bought.first_bought_on
            + coalesce({{ rhythm_prior }} * rhythm.product_gap_days, 0) as double
        ) / nullif(
            bought.purchase_count - 1
            + case when rhythm.kin_no is not null then {{ rhythm_prior }} else 0 end,
            0
        ) as usual_gap_days
    from profile.product_purchases as bought
    left join profile.product_rhythm as rhythm
        on rhythm.kin_no = bought.kin_no
    where rhythm.kin_no is not null
        or bought.purchase_count > {{ rhythm_own_gaps }}

)

select
    blended.user_no,
    blended.kin_no,
    blended.purchase_count,
    blended.last_bought_on,
    blended.own_gap_days,  -- mean days between the user's own purchases of the product; null where too few to be a rhythm
    blended.product_gap_days,
    blended.usual_gap_days,  -- usual days from one purchase of the product to the user's next
    blended.last_bought_on + cast(round(blended.usual_gap_days) as integer) as expected_on  -- when the next purchase is expected
from blended
where blended.usual_gap_days > 0

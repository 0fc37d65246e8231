/*
After how many days a product is usually bought again.

Every user who bought it again has one vote, her mean gap, and the median counts. Were all
gaps thrown together, the few who buy most would set the pace for everybody. Only what many
of its buyers buy again has a rhythm (the repeat customer probability of Bhagat et al.):
that somebody bought a second kettle makes nobody due for one.

grain: kin_no
check: product_gap_days >= 1
cite: Bhagat et al. 2018, Buy It Again: Modeling Repeat Purchase Recommendations, KDD
*/
select
    bought.kin_no,
    median(
        cast(days_between(bought.first_bought_on, bought.last_bought_on) as double)
        / nullif(bought.purchase_count - 1, 0)
    ) as product_gap_days,  -- usual days to the next purchase of the product, median of the users' means
    count(*) filter (where bought.purchase_count > 1) as repeat_buyer_count,  -- users who bought the product on more than one day
    cast(sum(bought.purchase_count - 1) as bigint) as gap_count  -- gaps that the rhythm rests on, of all users together
from profile.product_purchases as bought
group by bought.kin_no
having count(*) filter (where bought.purchase_count > 1) >= greatest({{ rhythm_min_buyers }}, 1)
    and count(*) filter (where bought.purchase_count > 1) >= {{ rhythm_min_share }} * count(*)

/*
Users who spend the most and have fallen silent, measured by their own rhythm.

Somebody who comes every month is not lapsing after three weeks; somebody who comes every
day is. The silence is twice the usual gap, and hardly any of her gaps so far was as long: a
pause that she takes now and then, such as a holiday, means nothing. Nor does less than two
weeks: who comes daily may be away for one, and a call would only tell her that she is watched.
Net amount counts within the RFM window, so that who left long ago is no longer lapsing.

grain: user_id
label: Lapsing big spender
priority: 10
objective: Find out what went wrong and win the next order before the habit is gone.
offer: A personal word from somebody with a name, and a benefit that fits what they buy: a
    favourite put aside, free delivery, a voucher for their own categories. No general discount.
message: Something must have gone wrong; I would like to hear it from you.
channel: Telephone or a personal e-mail; never the newsletter.
contact: phone, email, post, store
timing: Within a week of entering this segment; one reminder after one more usual gap, then
    rest.
measure: Share who order within one more usual gap, and their net amount within 90 days, against the
    control group.
param: lapsing_min_orders = 3 (orders on different days that a user needs before she has a
    rhythm [2 or more])
param: lapsing_gap_factor = 2.0 (usual gaps after which silence means something [1 or more])
param: lapsing_least_days = 14 (days of silence below which nobody is lapsing, however fast the
    rhythm; also the least from which a rhythm is called at risk [0 or more])
param: lapsing_gap_share = 0.05 (share of her gaps so far that may have been as long as the
    silence [0 to 1])
param: lapsing_m_score = 5 (net amount score from which a user is a big spender; 5 is the top
    fifth [1 to 5])
*/
with

rhythm as (

    select
        scores.user_id,
        scores.recency_days,
        scores.monetary_amount,
        median(gaps.gap_days) as usual_gap_days,
        count(*) as gap_count,
        count(case when gaps.gap_days >= scores.recency_days then 1 end) as as_long_count
    from segment.rfm_scores as scores
    inner join profile.order_gaps as gaps
        on gaps.user_id = scores.user_id
    where scores.m_score >= {{ lapsing_m_score }}
    group by scores.user_id, scores.recency_days, scores.monetary_amount

)

select
    rhythm.user_id,
    rhythm.recency_days,  -- days since the last order
    rhythm.usual_gap_days,  -- is the usual number of days between orders
    rhythm.as_long_count / nullif(cast(rhythm.gap_count as double), 0) as as_long_share,  -- of the gaps so far were as long
    rhythm.monetary_amount  -- net in {{ rfm_window_days }} days
from rhythm
where rhythm.gap_count >= {{ lapsing_min_orders }} - 1
    and rhythm.recency_days >= {{ lapsing_gap_factor }} * rhythm.usual_gap_days
    and rhythm.recency_days >= {{ lapsing_least_days }}
    and rhythm.as_long_count <= {{ lapsing_gap_share }} * rhythm.gap_count

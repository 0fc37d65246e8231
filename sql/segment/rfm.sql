/*
The RFM segment of every customer.

grain: user_id
*/
select
    scores.user_id,
    scores.recency_days,
    scores.frequency,
    scores.monetary_amount,
    scores.r_score,
    scores.f_score,
    scores.m_score,
    scores.is_without_revenue,
    names.segment
from segment.rfm_scores as scores
inner join segment.rfm_names as names
    on scores.r_score between names.r_from and names.r_to
    and cast(floor((scores.f_score + scores.m_score + 1) / 2.0) as integer)
        between names.fm_from and names.fm_to
qualify row_number() over (
    partition by scores.user_id
    order by names.priority
) = 1

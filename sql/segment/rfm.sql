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
    and scores.f_score between names.f_from and names.f_to
    and scores.m_score between names.m_from and names.m_to
qualify row_number() over (
    partition by scores.user_id
    order by names.priority
) = 1

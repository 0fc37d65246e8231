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
    newcomers.user_id is not null as is_new,  -- true: the first order was placed lately
    names.segment
from segment.rfm_scores as scores
left join segment.newcomers
    on newcomers.user_id = scores.user_id
inner join segment.rfm_names as names
    on scores.r_score between names.r_from and names.r_to
    and scores.f_score between names.f_from and names.f_to
    and scores.m_score between names.m_from and names.m_to
    and (newcomers.user_id is not null or not names.is_for_newcomers)
    and not (coalesce(scores.is_without_revenue, false) and names.is_for_earnings)
qualify row_number() over (
    partition by scores.user_id
    order by names.priority
) = 1

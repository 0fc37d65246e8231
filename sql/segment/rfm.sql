/*
The RFM segment of every customer, and which it would be by the last day's cut-offs.

Where the two differ, she is where she is because others moved the cut-offs.

grain: user_id
*/
with

cells as (

    select
        scores.user_id,
        true as is_now,
        scores.r_score,
        scores.f_score,
        scores.m_score,
        scores.is_without_revenue
    from segment.rfm_scores as scores
    union all
    select
        scores.user_id,
        false,
        scores.last_r_score,
        scores.f_score,
        scores.last_m_score,
        scores.is_without_revenue
    from segment.rfm_scores as scores
    where scores.last_r_score <> scores.r_score
        or scores.last_m_score <> scores.m_score

),

named as (

    select
        cells.user_id,
        cells.is_now,
        newcomers.user_id is not null as is_new,
        names.segment
    from cells
    left join segment.newcomers
        on newcomers.user_id = cells.user_id
    inner join segment.rfm_names as names
        on cells.r_score between names.r_from and names.r_to
        and cells.f_score between names.f_from and names.f_to
        and cells.m_score between names.m_from and names.m_to
        and (newcomers.user_id is not null or not names.is_for_newcomers)
        and not (coalesce(cells.is_without_revenue, false) and names.is_for_earnings)
    qualify row_number() over (
        partition by cells.user_id, cells.is_now
        order by names.priority
    ) = 1

)

select
    scores.user_id,
    scores.recency_days,
    scores.frequency,
    scores.monetary_amount,
    scores.r_score,
    scores.f_score,
    scores.m_score,
    scores.is_without_revenue,
    now.is_new,  -- true: the first order was placed lately
    now.segment,
    coalesce(before.segment, now.segment) as segment_by_last_cut_offs  -- the RFM segment by the cut-offs of the last day on which segments were known
from segment.rfm_scores as scores
inner join named as now
    on now.user_id = scores.user_id
    and now.is_now
left join named as before
    on before.user_id = scores.user_id
    and not before.is_now

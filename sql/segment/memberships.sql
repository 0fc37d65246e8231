/*
Who is in which segment of which segmentation, and why.

grain: user_id, segmentation, segment
*/
select
    rfm.user_id,
    'rfm' as segmentation,  -- rfm, clusters: everyone in exactly one; rules: anyone in any number; lifecycle: everyone with a dated order in exactly one
    rfm.segment,
    concat(
        'last order ', case
            when rfm.recency_days is null then 'on an unknown day'
            when rfm.recency_days = 1 then '1 day ago'
            else rfm.recency_days || ' days ago'
        end,
        ', ', rfm.frequency, case when rfm.frequency = 1 then ' order' else ' orders' end,
        ' and ', cast(rfm.monetary_amount as decimal(18, 2)),
        ' net in ', {{ rfm_window_days }}, ' days',
        case when rfm.is_without_revenue then ', nothing earned' else '' end,
        case when rfm.is_new then ', new customer' else '' end,
        ' (R', rfm.r_score, ' F', rfm.f_score, ' M', rfm.m_score, ')'
    ) as evidence  -- why the user is in it, in words
from segment.rfm
union all
select
    lifecycle.user_id,
    'lifecycle' as segmentation,
    lifecycle.segment,
    concat(
        'since ', day_in_words(lifecycle.lifecycle_since_on), '; silent for ',
        lifecycle.recency_days, case when lifecycle.recency_days = 1 then ' day' else ' days' end,
        ' where ' || in_words(lifecycle.rhythm_days, 'rhythm_days')
            || case when lifecycle.rhythm_days = 1 then ' is usual' else ' are usual' end,
        ' (', lifecycle.rhythm_basis, '); at risk after ', lifecycle.at_risk_after_days,
        ', lapsed after ', lifecycle.lapsed_after_days
    ) as evidence
from segment.lifecycle
union all
select
    rules.user_id,
    'rules' as segmentation,
    rules.segment,
    rules.evidence
from segment.rules
union all
select
    clusters.user_id,
    'clusters' as segmentation,
    clusters.segment,
    clusters.evidence
from segment.clusters

/*
Recency, frequency and net amount of every customer, each scored from 1 to 5.

Frequency goes by fixed numbers of orders, because half of all customers buy once and
quantiles would tear equals apart. Recency and net amount go by the cut-offs that were drawn
last. A shop whose customers come every few days sets days for recency, or three days of
silence would be a risk. Who spent nothing, or had it all refunded, scores 1 and is flagged.
What the cut-offs of the day before say beside it tells who moved only because they did.

grain: user_id
check: r_score between 1 and 5
check: f_score between 1 and 5
check: m_score between 1 and 5
cite: Hughes (1994), Strategic Database Marketing
*/
with

cut_offs as (

    select 'now' as drawn, latest.scored_measure, latest.cut_off_value
    from segment.rfm_cut_offs as latest
    qualify rank() over (order by latest.run_id desc, latest.known_on desc) = 1
    union all
    select 'before', earlier.scored_measure, earlier.cut_off_value
    from segment.rfm_cut_offs as earlier
    inner join profile.clock
        on clock.known_on > earlier.known_on
    qualify rank() over (order by earlier.known_on desc, earlier.run_id desc) = 1

),

reached as (

    select
        customers.user_id,
        cut_offs.drawn,
        count(*) filter (where cut_offs.scored_measure = 'recency_days') as recency_count,
        count(*) filter (where cut_offs.scored_measure = 'monetary_amount') as amount_count
    from segment.rfm_values as customers
    inner join cut_offs
        on cut_offs.scored_measure = 'recency_days'
        and coalesce(customers.recency_days, 999999) <= cut_offs.cut_off_value
        or cut_offs.scored_measure = 'monetary_amount'
        and customers.monetary_amount >= cut_offs.cut_off_value
        and customers.monetary_amount > 0
    group by customers.user_id, cut_offs.drawn

)

select
    customers.user_id,
    customers.recency_days,
    customers.frequency,
    customers.monetary_amount,
    cast(1 + case
        when has_entries({{ rfm_recency_within }})
            then bounds_kept(customers.recency_days, {{ rfm_recency_within }})
        else coalesce(now.recency_count, 0)
    end as integer) as r_score,  -- 1 to 5; 5: among the fifth who ordered last when the cut-offs were drawn, or within the days set
    1 + bounds_reached(customers.frequency, {{ rfm_frequency_from }}) as f_score,  -- 1 to 5 by number of orders
    cast(1 + coalesce(now.amount_count, 0) as integer) as m_score,  -- 1 to 5; 5: among the fifth with the highest net amount when the cut-offs were drawn
    customers.monetary_amount <= 0 as is_without_revenue,  -- true: nothing was earned within the RFM window
    cast(1 + case
        when has_entries({{ rfm_recency_within }})
            then bounds_kept(customers.recency_days, {{ rfm_recency_within }})
        else coalesce(before.recency_count, 0)
    end as integer) as last_r_score,  -- recency by the cut-offs of the last day on which segments were known
    cast(1 + coalesce(before.amount_count, 0) as integer) as last_m_score  -- net amount by the cut-offs of that day
from segment.rfm_values as customers
left join reached as now
    on now.user_id = customers.user_id
    and now.drawn = 'now'
left join reached as before
    on before.user_id = customers.user_id
    and before.drawn = 'before'

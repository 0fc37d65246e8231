/*
Recency, frequency and net amount of every customer, each scored from 1 to 5.

Frequency goes by fixed numbers of orders, because half of all customers buy once and
quantiles would tear equals apart. Recency and net amount go by fifths of all customers.
Equals share the place in the middle of them and so get equal scores: where a third of all
ordered today, that third is recent. A shop whose customers come every few days sets days for
recency, or three days of silence would be a risk. Who spent nothing, or had it all refunded,
scores 1 and is flagged.

grain: user_id
check: r_score between 1 and 5
check: f_score between 1 and 5
check: m_score between 1 and 5
cite: Hughes (1994), Strategic Database Marketing
*/
with

placed as (

    select
        customers.user_id,
        customers.recency_days,
        customers.frequency,
        customers.monetary_amount,
        (
            rank() over (order by customers.recency_days desc nulls first) - 1
            + count(*) over (partition by customers.recency_days) / 2.0
        ) / nullif(count(*) over (), 0) as recency_place,
        (
            rank() over (order by customers.monetary_amount) - 1
            + count(*) over (partition by customers.monetary_amount) / 2.0
        ) / nullif(count(*) over (), 0) as amount_place
    from segment.rfm_values as customers

)

select
    placed.user_id,
    placed.recency_days,
    placed.frequency,
    placed.monetary_amount,
    case
        when has_entries({{ rfm_recency_within }})
            then 1 + bounds_kept(placed.recency_days, {{ rfm_recency_within }})
        else 1 + cast(floor(5 * placed.recency_place) as integer)
    end as r_score,  -- 1 to 5; 5: among the fifth who ordered last, or within the days set
    1 + bounds_reached(placed.frequency, {{ rfm_frequency_from }}) as f_score,  -- 1 to 5 by number of orders
    case
        when placed.monetary_amount <= 0 then 1
        else 1 + cast(floor(5 * placed.amount_place) as integer)
    end as m_score,  -- 1 to 5; 5: among the fifth with the highest net amount
    placed.monetary_amount <= 0 as is_without_revenue  -- true: nothing was earned within the RFM window
from placed

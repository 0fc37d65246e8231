/*
Where the search for each model's parameters starts: the logarithms of plausible ones.

Orders: as often as all on average (r = 1), and as many lost orders as customers (a = 1).
Amounts: p and q of 4, and gamma so that an average order is what it is. A model that too few
customers speak for is not fitted, and none is where a decisive requirement is not met.

grain: viewpoint, value_model
*/
with

means as (

    select
        evidence.viewpoint,
        evidence.value_model,
        cast(sum(evidence.same_count) as bigint) as customer_count,
        sum(evidence.same_count * evidence.repeat_order_count) as repeat_count,
        cast(sum(exactly(evidence.same_count * evidence.observed_weeks)) as double) as weeks,
        cast(sum(exactly(evidence.same_count * evidence.mean_repeat_amount)) as double) as amount
    from value.evidence
    group by evidence.viewpoint, evidence.value_model

)

select
    means.viewpoint,
    means.value_model,
    means.customer_count as fitted_count,  -- customers that the model is fitted to
    case
        when means.value_model = 'Gamma-Gamma'
            then list_value(
                ln(4.0), 0.0, ln(0.75 * means.amount / nullif(means.customer_count, 0)), 0.0
            )
        else list_value(
            0.0, ln(means.weeks / nullif(means.repeat_count, 0)),
            -ln(1 + cast(means.repeat_count as double) / nullif(means.customer_count, 0)),
            ln(1 + cast(means.repeat_count as double) / nullif(means.customer_count, 0))
        )
    end as start_logs  -- logarithms of r, alpha / r, a / b and b, or of p, q / p and gamma
from means
left join value.requirements
    on requirements.is_decisive
    and not requirements.is_met
where requirements.requirement is null
    and means.customer_count >= {{ min_fitted_customers }}
    and means.repeat_count > 0
    and (means.value_model = 'Gamma-Gamma' or means.weeks > 0)

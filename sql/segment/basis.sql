/*
Whether the data suffice for what segments say, in one row.

The demands are those of value: customers, days of history, customers who came on three days, and
orders shortly before the refresh itself. Segments are made all the same, but who acts on them
ought to know. Clusters alone are not made of few customers, which is said, too.

grain: basis_verdict
*/
with

asked as (

    select
        requirements.requirement_no,
        requirements.is_met,
        concat(
            requirements.requirement, ': ', in_words(requirements.found_value, 'found'), ' of ',
            in_words(requirements.at_least_value, 'needed'), ' needed'
        ) as lack
    from value.requirements
    where requirements.requirement_no <= 4

)

select
    case
        when bool_and(asked.is_met) then 'enough'
        when bool_and(asked.is_met or asked.requirement_no = 4) then 'stale'
        else 'weak'
    end as basis_verdict,  -- enough; weak: too few data; stale: enough, but nothing was ordered lately
    nullif(concat_ws(
        '; ',
        max(case when asked.requirement_no = 1 and not asked.is_met then asked.lack end),
        max(case when asked.requirement_no = 2 and not asked.is_met then asked.lack end),
        max(case when asked.requirement_no = 3 and not asked.is_met then asked.lack end),
        max(case when asked.requirement_no = 4 and not asked.is_met then asked.lack end),
        (select max(lacks.lack) from cluster.lacks)
    ), '') as basis_reason  -- what is missing; empty: nothing
from asked

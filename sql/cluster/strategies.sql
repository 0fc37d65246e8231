/*
What to do about each cluster: the strategy of the feature that gave it the first part of its name.

grain: segment
*/
with

led_by as (

    select
        names.segment, names.trait, names.named_deviation
    from cluster.names as names
    where names.run_id = {{ run_id }}
    qualify row_number() over (
        partition by names.cluster_no
        order by round(abs(names.named_deviation), 9) desc, names.trait
    ) = 1

)

select
    led_by.segment,
    traits.trait_objective,
    traits.trait_offer,
    traits.trait_message,
    traits.trait_channel,
    traits.trait_contact,
    traits.trait_timing,
    traits.trait_measure
from led_by
inner join cluster.traits as traits
    on traits.trait = case
        when abs(led_by.named_deviation) >= {{ trait_from }} then led_by.trait
        else 'average'
    end
    and traits.is_high = (
        led_by.named_deviation > 0 and abs(led_by.named_deviation) >= {{ trait_from }}
    )

/*
Every segment there is, and what to do about it.

A rule's strategy stands in its header, that of the RFM segments in strategies.toml; a cluster has
that of what it stands out by, from sql/cluster/traits.toml. What the project file says under
[strategies] goes before all of them, part by part.

grain: segmentation, segment
members: tables or none
weight: 1
*/
with

known as (

    select distinct
        'rfm' as segmentation,
        names.segment,
        cast(null as varchar) as objective,
        cast(null as varchar) as offer,
        cast(null as varchar) as message,
        cast(null as varchar) as channel,
        cast(null as varchar) as contact,
        cast(null as varchar) as timing,
        cast(null as varchar) as measure
    from segment.rfm_names as names
    union all
    select
        'clusters' as segmentation,
        clusters.segment,
        clusters.trait_objective as objective,
        clusters.trait_offer as offer,
        clusters.trait_message as message,
        clusters.trait_channel as channel,
        clusters.trait_contact as contact,
        clusters.trait_timing as timing,
        clusters.trait_measure as measure
    from cluster.strategies as clusters
    union all
    select 'lifecycle', names.segment, null, null, null, null, null, null, null
    from segment.lifecycle_names as names
    {% for member in members %}
    union all
    select
        'rules' as segmentation,
        {{ member.label }} as segment,
        {{ member.strategy.objective }} as objective,
        {{ member.strategy.offer }} as offer,
        {{ member.strategy.message }} as message,
        {{ member.strategy.channel }} as channel,
        {{ member.strategy.contact }} as contact,
        {{ member.strategy.timing }} as timing,
        {{ member.strategy.measure }} as measure
    {% endfor %}

)

select
    known.segmentation,  -- rfm, clusters: everyone in exactly one; rules: anyone in any number; lifecycle: everyone with a dated order in exactly one
    known.segment,  -- the segment's name
    coalesce(told.strategy_objective, known.objective) as strategy_objective,  -- what to reach with its users
    coalesce(told.strategy_offer, known.offer) as strategy_offer,  -- what to offer them
    coalesce(told.strategy_message, known.message) as strategy_message,  -- what to say to them, as an idea
    coalesce(told.strategy_channel, known.channel) as strategy_channel,  -- over which way to reach them
    lower(coalesce(told.strategy_contact, known.contact))
        as strategy_contact,  -- its channels as consents call them, the one to try first in front; none: contact nobody
    coalesce(told.strategy_timing, known.timing) as strategy_timing,  -- when, and how often
    coalesce(told.strategy_measure, known.measure) as strategy_measure  -- what tells whether it worked
from known
left join segment.told_strategies as told
    on told.segment = known.segment

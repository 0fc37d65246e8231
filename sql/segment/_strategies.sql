/*
Every segment there is, and what to do about it.

A rule's strategy stands in its header, that of the RFM segments in strategies.toml; what the
project file says under [strategies] goes before both, part by part.

grain: segmentation, segment
members: tables or none
weight: 1
*/
with

told as (

    {% for strategy in strategies %}
    select
        {{ strategy.segment }} as segment,
        cast({{ strategy.objective }} as varchar) as objective,
        cast({{ strategy.offer }} as varchar) as offer,
        cast({{ strategy.channel }} as varchar) as channel,
        cast({{ strategy.timing }} as varchar) as timing
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}

),

known as (

    select distinct
        'rfm' as segmentation,
        names.segment,
        cast(null as varchar) as objective,
        cast(null as varchar) as offer,
        cast(null as varchar) as channel,
        cast(null as varchar) as timing
    from segment.rfm_names as names
    union all
    select 'lifecycle', names.segment, null, null, null, null
    from segment.lifecycle_names as names
    {% for member in members %}
    union all
    select
        'rules' as segmentation,
        {{ member.label }} as segment,
        {{ member.strategy.objective }} as objective,
        {{ member.strategy.offer }} as offer,
        {{ member.strategy.channel }} as channel,
        {{ member.strategy.timing }} as timing
    {% endfor %}

)

select
    known.segmentation,  -- rfm: everyone in exactly one; rules: anyone in any number; lifecycle: everyone with a dated order in exactly one
    known.segment,  -- the segment's name
    coalesce(told.objective, known.objective) as strategy_objective,  -- what to reach with its users
    coalesce(told.offer, known.offer) as strategy_offer,  -- what to offer them
    coalesce(told.channel, known.channel) as strategy_channel,  -- over which way to reach them
    coalesce(told.timing, known.timing) as strategy_timing  -- when, and how often
from known
left join told
    on told.segment = known.segment

/*
What is said to be done about segments outside of the rules' headers.

What comes with recsys, and what the project file says under [strategies], part by part before
it.

grain: segment
*/
{% for strategy in strategies %}
select
    {{ strategy.segment }} as segment,  -- the segment's name
    {{ strategy.is_own }} as is_by_project,  -- true: the project file speaks of it
    cast({{ strategy.objective }} as varchar) as strategy_objective,  -- what to reach with its users
    cast({{ strategy.offer }} as varchar) as strategy_offer,  -- what to offer them
    cast({{ strategy.message }} as varchar) as strategy_message,  -- what to say to them, as an idea
    cast({{ strategy.channel }} as varchar) as strategy_channel,  -- over which way to reach them
    cast({{ strategy.contact }} as varchar) as strategy_contact,  -- its channels as consents call them, the one to try first in front; none: contact nobody
    cast({{ strategy.timing }} as varchar) as strategy_timing,  -- when, and how often
    cast({{ strategy.measure }} as varchar) as strategy_measure  -- what tells whether it worked
{% if not loop.last %}
union all
{% endif %}
{% endfor %}

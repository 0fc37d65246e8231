/*
What a cluster is called that stands out by a feature, and what to do about it.

The texts stand in traits.toml.

grain: trait, is_high
*/
{% for trait in traits %}
select
    {{ trait.name }} as trait,  -- what customers are grouped by
    {{ trait.is_high }} as is_high,  -- true: above the mean of all customers
    {{ trait.words }} as trait_words,  -- what a cluster is called that stands out by it
    {{ trait.unit }} as trait_unit,  -- what follows a value of it in words
    {{ trait.objective }} as trait_objective,  -- what to reach with them
    {{ trait.offer }} as trait_offer,  -- what to offer to them
    {{ trait.message }} as trait_message,  -- what to say to them, as an idea
    {{ trait.channel }} as trait_channel,  -- over which way to reach them
    {{ trait.contact }} as trait_contact,  -- its channels as consents call them, the one to try first in front
    {{ trait.timing }} as trait_timing,  -- when to, and how often
    {{ trait.measure }} as trait_measure  -- what tells whether it worked
{% if not loop.last %}
union all
{% endif %}
{% endfor %}

/*
Every source that the project file names, whether a row of it could be read or not.

grain: input, source
*/
select
    cast(null as varchar) as input,  -- the kind of input: interactions, orders, items ...
    cast(null as varchar) as source  -- the source's name in the project file
where false
{% for source in sources %}
union all
select {{ source.kind }}, {{ source.name }}
{% endfor %}

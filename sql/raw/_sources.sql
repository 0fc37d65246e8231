/*
Every source that the project file names, whether a row of it could be read or not.

grain: input, source
*/
select
    cast(null as varchar) as input,  -- the kind of input: interactions, orders, items ...
    cast(null as varchar) as source,  -- the source's name in the project file
    cast(null as bigint) as source_no  -- its place among the sources of the project file, from 1
where false
{% for source in sources %}
union all
select {{ source.kind }}, {{ source.name }}, {{ loop.index }}
{% endfor %}

/*
Every file that a source is read from, whether a row of it could be read or not.

An encoding that the engine does not know is rewritten first; what is read then is a copy.

grain: input, source, file_path
*/
select
    cast(null as varchar) as input,  -- the kind of input: interactions, orders, items ...
    cast(null as varchar) as source,  -- the source's name in the project file
    cast(null as varchar) as file_path,  -- the path that is read
    cast(null as varchar) as source_file  -- the file as the project file writes it, relative to its folder
where false
{% for input in all_inputs %}
union all
select {{ input.kind }}, {{ input.name }}, each_of({{ input.paths }}), each_of({{ input.names }})
{% endfor %}

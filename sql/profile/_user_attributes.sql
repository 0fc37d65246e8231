/*
The attributes of each user as rows, so that models can group by any of them.

Only those that are published; the order is that of the project file.

grain: user_no, attribute
*/
with

described as (

    select
        cast(null as varchar) as user_id,
        cast(null as varchar) as attribute,
        cast(null as integer) as attribute_no,
        cast(null as varchar) as attribute_value
    where false
    {% for attribute in attributes %}
    {% for column in attribute.published %}
    union all
    select
        users.user_id,
        {{ attribute.name }} as attribute,
        {{ attribute.place }} as attribute_no,
        clean_text(users.{{ column }}) as attribute_value
    from staging.users
    {% endfor %}
    {% endfor %}

)

select
    numbers.user_no,
    described.attribute,  -- the attribute's name
    described.attribute_no,  -- its place in the project file
    described.attribute_value  -- the user's value of it
from described
inner join profile.users as numbers
    on numbers.user_id = described.user_id
where described.attribute_value is not null

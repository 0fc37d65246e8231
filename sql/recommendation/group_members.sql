/*
Which group of users each user belongs to, when nothing else is known of her.

Groups are the values of one attribute: the one that is set, else the first that the
project names and publishes. A group needs enough users to have bestsellers of its own.

grain: user_no
*/
with

first_named as (

    select min(attributes.attribute_no) as attribute_no
    from profile.user_attributes as attributes

),

chosen as (

    select
        attributes.user_no,
        attributes.attribute_value,
        count(*) over (partition by attributes.attribute_value) as user_count
    from profile.user_attributes as attributes
    inner join profile.users
        on users.user_no = attributes.user_no
        and not users.is_excluded
    cross join first_named
    where case
        when {{ group_attribute }} = '' then attributes.attribute_no = first_named.attribute_no
        else attributes.attribute = {{ group_attribute }}
    end

)

select
    chosen.user_no,
    chosen.attribute_value as group_name,  -- the value that its users have in common
    chosen.user_count as group_user_count  -- how many they are
from chosen
where chosen.user_count >= {{ min_group_users }}

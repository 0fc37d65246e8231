/*
The rows that describe an item or a user, and in which order they are asked.

A row that comes again under the same key in the same source, or without a key for the same
id, is a copy: the newest counts whole, because what it leaves empty may have been emptied.
Rows of different sources, and of several ids of one person, are no copies: they complement
one another. The published id's own rows are asked first, then the newest by latest_by,
then those of the source that the project file names first.

grain: input, source, source_row
*/
with

told as (

    select
        'items' as input,
        items.source,
        items.source_row,
        items.item_id as alias_id,
        items.row_key,
        items.version_no
    from raw.items
    where items.trouble_column is null
    union all
    select
        'users',
        users.source,
        users.source_row,
        published_id(users.user_id, users.id_type, {{ id_type }}),
        users.row_key,
        users.version_no
    from raw.users
    where users.trouble_column is null

),

newest as (

    select
        told.input,
        told.source,
        told.source_row,
        told.alias_id,
        told.version_no
    from told
    qualify row_number() over (
        partition by told.input, told.source, coalesce(told.row_key, told.alias_id)
        order by told.version_no desc nulls last, told.source_row desc
    ) = 1

)

select
    newest.input,
    newest.source,
    newest.source_row,
    coalesce(identities.user_id, newest.alias_id) as entity_id,  -- the item or user that the row describes
    row_number() over (
        partition by newest.input, coalesce(identities.user_id, newest.alias_id)
        order by
            identities.user_id is distinct from newest.alias_id,
            newest.version_no desc nulls last, sources.source_no, newest.source,
            newest.source_row desc
    ) as row_place  -- 1 is asked first; the next ones fill what it leaves open
from newest
left join staging.identities
    on newest.input = 'users'
    and identities.alias_id = newest.alias_id
left join raw.sources
    on sources.input = newest.input
    and sources.source = newest.source

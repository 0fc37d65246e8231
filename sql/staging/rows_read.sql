/*
Rows read of every source of every kind, and how many of them were kept.

grain: input, source
*/
with

counted as (

    select
        'interactions' as input,
        source,
        count(*) as row_count,
        count(trouble_column) as trouble_count
    from raw.interactions group by source
    union all
    select 'orders', source, count(*), count(trouble_column) from raw.orders group by source
    union all
    select 'items', source, count(*), count(trouble_column) from raw.items group by source
    union all
    select 'users', source, count(*), count(trouble_column) from raw.users group by source
    union all
    select 'identities', source, count(*), count(trouble_column) from raw.identities group by source
    union all
    select 'consents', source, count(*), count(trouble_column) from raw.consents group by source
    union all
    select 'exchange_rates', source, count(*), count(trouble_column)
    from raw.exchange_rates group by source

),

kept as (

    select 'orders' as input, source, count(*) as kept_count
    from staging.order_headers group by source
    union all
    select 'items', source, count(*) from staging.items where source is not null group by source
    union all
    select 'users', source, count(*) from staging.users where source is not null group by source

),

unreadable as (

    select input, source, count(*) as line_count
    from raw.unreadable_lines
    group by input, source

)

select
    counted.input,
    counted.source,
    counted.row_count + coalesce(unreadable.line_count, 0) as read_count,  -- rows read, after the source's `where`
    coalesce(unreadable.line_count, 0) as unreadable_count,  -- lines that could not be read as a row
    counted.trouble_count + coalesce(unreadable.line_count, 0) as unusable_count,  -- rows and lines that cannot be used
    coalesce(kept.kept_count, counted.row_count - counted.trouble_count) as kept_count  -- rows that count
from counted
left join kept
    on kept.input = counted.input
    and kept.source = counted.source
left join unreadable
    on unreadable.input = counted.input
    and unreadable.source = counted.source

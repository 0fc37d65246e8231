/*
Rows read of every source that the project names, and how many of them were kept.

A source of which nothing could be read has its row too. Of items and users a row is kept
unless its own source has a newer copy, even where another source tells all of it.

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
    select input, source, count(*) from staging.described_rows group by input, source

),

unreadable as (

    select input, source, count(*) as line_count
    from raw.unreadable_lines
    group by input, source

)

select
    sources.input,
    sources.source,
    coalesce(counted.row_count, 0) + coalesce(unreadable.line_count, 0) as read_count,  -- rows read, after the source's `where`
    coalesce(unreadable.line_count, 0) as unreadable_count,  -- lines that could not be read as a row
    coalesce(counted.trouble_count, 0) + coalesce(unreadable.line_count, 0) as unusable_count,  -- rows and lines that cannot be used
    case
        when sources.input in ('orders', 'items', 'users') then coalesce(kept.kept_count, 0)
        else coalesce(counted.row_count - counted.trouble_count, 0)
    end as kept_count  -- rows that count
from raw.sources
left join counted
    on counted.input = sources.input
    and counted.source = sources.source
left join kept
    on kept.input = sources.input
    and kept.source = sources.source
left join unreadable
    on unreadable.input = sources.input
    and unreadable.source = sources.source

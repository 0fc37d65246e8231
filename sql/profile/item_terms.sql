/*
What each item is called: its category, subcategory, brand, tags and the words of its text.

A word that stands in the text twice counts more. The words of the name count only where
nothing else describes the item: a film called Happiness is not like every other of that name.

grain: item_no, feature, value
*/
with

described as (

    select
        numbered.item_no,
        items.category,
        items.subcategory,
        items.brand,
        tags_of(items.tags) as tags,
        words_of(
            case
                when coalesce(
                    items.text, items.category, items.subcategory, items.brand, items.tags
                ) is not null then items.text
                when items.item_name <> items.item_id then items.item_name
            end
        ) as words
    from staging.items
    inner join profile.items as numbered
        on numbered.item_id = items.item_id

),

told as (

    select described.item_no, 'category' as feature, described.category as value
    from described
    union all
    select described.item_no, 'subcategory', described.subcategory
    from described
    union all
    select described.item_no, 'brand', described.brand
    from described
    union all
    select described.item_no, 'tag', each_of(described.tags)
    from described
    union all
    select described.item_no, 'keyword', each_of(described.words)
    from described

)

select
    told.item_no,
    told.feature,  -- kind of feature: category, subcategory, brand, tag or keyword
    told.value,  -- the feature as the source writes it; keywords in lower case
    count(*) as mention_count  -- times the item says so
from told
where told.value is not null
group by told.item_no, told.feature, told.value

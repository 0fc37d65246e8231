-- Questions to the published file, from any DuckDB connection. Unqualified names only: the file may be
-- opened under any name. The comments are published too: from duckdb_functions().

create or replace macro similar_to(item, n := 10) as table
    select rank, other_item_id as item_id, other_item_name as item_name, similarity, common_count
    from similar_items
    where item_id = item and rank <= n
        and measure = (select trim(value, '"') from meta.params where name = 'score.measure')
    order by rank;
comment on macro table similar_to is
    'The n items most like an item, by the measure that recommendations use: from similar_to(''a'', n := 5).';

create or replace macro recommend_for_basket(items, n := 10) as table
    with products as (
        select item_id, is_available, coalesce(parent_item_id, item_id) as product
        from item_profiles
    ),
    votes as (
        select
            products.product,
            similar_items.item_id,
            min(similar_items.item_name) as item_name,
            sum(cast(similar_items.similarity as decimal(18, 9))) as score
        from similar_items
        inner join products on products.item_id = similar_items.item_id
        where list_contains(items, similar_items.other_item_id)
            and products.is_available
            and products.product not in (
                select inside.product from products as inside where list_contains(items, inside.item_id)
            )
            and similar_items.measure = (select trim(value, '"') from meta.params where name = 'score.measure')
        group by products.product, similar_items.item_id
    ),
    best as (
        select item_id, item_name, score
        from votes
        qualify row_number() over (partition by product order by score desc, item_id) = 1
    )
    select
        row_number() over (order by score desc, item_id) as place,
        item_id,
        item_name,
        cast(score as double) as score
    from best
    qualify row_number() over (order by score desc, item_id) <= n
    order by place;
comment on macro table recommend_for_basket is
    'What to recommend to somebody with these items in the basket, no variants of them, one of each product: from recommend_for_basket([''a'', ''b''], n := 5).';

create or replace macro why(user, item) as table
    select list, reason_rank, source_kind, reason_id, reason_name, contribution
    from recommendation_reasons
    where user_id = user and item_id = item
    order by list, reason_rank;
comment on macro table why is
    'Why an item is recommended to a user, the items, users and tastes behind it: from why(''ann'', ''a'').';

/*
What the test part is and what of it counts, in words.

grain: description
*/
with

rows_held as (

    select
        count(*) as row_count,
        min(test.occurred_on) as first_on,
        max(test.occurred_on) as last_on
    from evaluation.held_out as test

),

strangers as (

    select count(distinct test.user_id) as user_count
    from evaluation.held_out as test
    left join profile.users
        on users.user_id = test.user_id
    where test.fate = 'used'
        and users.user_id is null

),

counted as (

    select
        count(*) as hit_count,
        count(distinct hits.user_no) as judged_count,
        case
            when bool_and(hits.is_bought) then 'buy at least one of them'
            when bool_or(hits.is_bought) then 'choose at least one of them'
            else 'rate at least one of them ' || in_words({{ hit_rating }}, 'rating') || ' or better'
        end as deed_in_words
    from evaluation.hits

)

select
    'Test part (' || {{ split }} || '): ' || with_unit(count_in_words(rows_held.row_count), 'rows')
        || coalesce(
            ' from ' || day_in_words(rows_held.first_on)
            || ' to ' || day_in_words(rows_held.last_on), ''
        )
        || '. Customers judged: ' || count_in_words(counted.judged_count)
        || '; products that they chose in it: ' || count_in_words(counted.hit_count)
        || case when {{ repeats }}
            then ', whether they had had them before or not.'
            else ', all of them new to them (buying the same again does not count).'
        end
        || case when strangers.user_count > 0
            then ' Customers left out because they were not known before: '
                || count_in_words(strangers.user_count) || '.'
            else ''
        end
        || case when counted.judged_count < {{ min_slice_users }}
            then ' That is too few to go by: try another split.'
            else ''
        end as description,  -- the test part in words
    counted.deed_in_words  -- what makes a hit, as one says it: buy, rate or choose at least one of them
from rows_held
cross join strangers
cross join counted

/*
The ratings in the test part, by the numbers of who rated what.

All of them count, of users who were known before, whatever lists show. Items that were not known
have number 0. What a single scorer recommends says nothing of ratings: they are judged with
all scorers together only.

grain: source, source_row
kind: view
*/
select
    test.source,
    test.source_row,
    users.user_no,
    coalesce(items.item_no, 0) as item_no,
    test.rating
from evaluation.held_out as test
inner join profile.users
    on users.user_id = test.user_id
    and not users.is_excluded
left join profile.items
    on items.item_id = test.item_id
where test.fate = 'used'
    and test.item_id is not null
    and test.rating > 0
    and {{ model }} = 'blend'

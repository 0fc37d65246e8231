/*
The newest rating of each user and each item: what expected ratings are made of.

Whoever is excluded rates for nobody else.

grain: user_no, item_no
*/
select
    user_item.user_no,
    user_item.item_no,
    user_item.rating
from profile.user_item
inner join profile.users
    on users.user_no = user_item.user_no
    and not users.is_excluded
where user_item.rating is not null
order by user_item.user_no, user_item.item_no

/*
What each user did with an item, in the words of a reason.

She liked what she rated at least as well as she usually rates; a worse rating is no more
than a rating.

grain: user_no, item_no
kind: view
*/
select
    user_item.user_no,
    user_item.item_no,
    items.item_name,
    case
        when user_item.purchase_line_count > 0 then 'bought'
        when user_item.rating_count = 0 then 'looked at'
        when user_item.strength >= usual.usual_strength then 'liked'
        else 'rated'
    end as deed  -- bought, liked, rated or looked at
from profile.user_item
inner join profile.items
    on items.item_no = user_item.item_no
left join profile.usual_ratings as usual
    on usual.user_no = user_item.user_no

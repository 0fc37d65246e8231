/*
The category on which each customer spends most.

Of equal amounts the first by name counts. Who sent everything back has none.

grain: user_id
*/
select
    bought.user_id,
    bought.category as main_category  -- the category with the highest net amount
from profile.user_categories as bought
where bought.category <> '(none)'
    and bought.net_amount > 0
qualify row_number() over (
    partition by bought.user_id
    order by bought.net_amount desc, bought.category
) = 1

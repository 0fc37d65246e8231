/*
What the users of each item tell in all, by the square of their rarity.

grain: item_no
*/
select
    holdings.item_no,
    sum(holdings.user_rarity * holdings.user_rarity) as told_sum  -- squares of the rarity of its users
from score.holdings
group by holdings.item_no

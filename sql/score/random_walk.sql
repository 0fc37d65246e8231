/*
An item is worth to a user what a random walk from her items leads to it.

P3alpha, and with a beta above 0 RP3beta: a walk of three steps reaches further than likeness
does. Where users have little take a low beta: a high one leads to what hardly anybody has.

grain: user_no, item_no, source_no
kind: view
label: Random walk
weight: 0
cite: Paudel, Christoffel, Newell and Bernstein (2017), Updatable, Accurate, Diverse, and
    Scalable Recommendations for Interactive Applications, eq. 4
*/
select
    holdings.user_no,
    votes.voted_item_no as item_no,
    'item' as source_kind,  -- what speaks for the item: item, user, taste, popularity or rhythm
    votes.item_no as source_no,  -- its number; 0 where it has none
    votes.vote as contribution  -- what this adds to the score
from score.walk_votes as votes
inner join score.holdings
    on holdings.item_no = votes.item_no

/*
An item is worth to a user what her items say for it, where they do not repeat each other.

Competitive co-occurrence: likeness counts a taste as often as she has items of it; here the items
that speak for one have shared out among them what they say. The weights are those of SLIM, as
accurate as the best where data are dense, and come of joins alone. On sparse data let items
speak that many have (co_asymmetry 0.5): rarities reach too few.

grain: user_no, item_no, source_no
kind: view
label: Competitive co-occurrence
weight: 0
cite: Ning and Karypis (2011), SLIM: Sparse Linear Methods for Top-N Recommender Systems
*/
select
    holdings.user_no,
    votes.voted_item_no as item_no,
    'item' as source_kind,  -- what speaks for the item: item, user, taste, popularity or rhythm
    votes.item_no as source_no,  -- its number; 0 where it has none
    votes.vote as contribution  -- what this adds to the score
from score.learned_votes as votes
inner join score.holdings
    on holdings.item_no = votes.item_no
where votes.vote > 0

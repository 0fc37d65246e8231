/*
An item is worth to a user what its nearest items are worth to her.

Each of them gives its similarity times her strength for it.
Contributions are decimals, so that their sum does not depend on the order in which
threads add it up, and so that the reasons of a recommendation add up to its score.

grain: user_no, item_no
kind: view
label: Item neighbours
weight: 1
cite: Sarwar, Karypis, Konstan and Riedl (2001), Item-Based Collaborative Filtering, eq. 3
    without its denominator: a ranking of bought items has no scale to return to
*/
select
    contributions.user_no,
    contributions.item_no,
    cast(sum(contributions.contribution) as double) as score  -- how much the user should like the item; only comparable within one list
from score.item_contributions as contributions
group by contributions.user_no, contributions.item_no

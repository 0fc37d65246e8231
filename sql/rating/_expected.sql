/*
How each user would probably rate what is recommended to her.

The mean of all ratings, what she and the item add to it, and what the nearest of her neighbours
and of the item's say about that: a mean, weighed by similarity, to which a prior adds some
silence, so that one stranger does not decide. Ways of asking neighbours are the files of this
folder with a label, and their answers are weighed in turn. Nothing leaves the scale.

grain: user_no, item_no
members: tables or none
weight: 1
cite: Koren (2010), Factor in the Neighbors: Scalable and Accurate Collaborative Filtering, eq. 3
*/
with

targets as (

    select distinct lists.user_no, lists.item_no
    from recommendation.lists

),

{% include "expected.part" %}

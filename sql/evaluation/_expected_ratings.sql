/*
What was to be expected of each rating in the test part, by the others alone.

The same reckoning as what is published with recommendations (rating.expected).

grain: user_no, item_no
members: tables or none of rating
cite: Koren (2010), Factor in the Neighbors: Scalable and Accurate Collaborative Filtering, eq. 3
*/
with

targets as (

    select distinct rated.user_no, rated.item_no
    from evaluation.rated

),

{% include "../rating/expected.part" %}

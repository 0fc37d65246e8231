/*
Each user's strongest tastes as a vector of length one.

A handful of tastes says what a user likes; the long tail of weak ones would bring in the
whole catalogue at little gain.

grain: user_no, feature_no
check: taste_part > 0
*/
with

strongest as (

    select
        tastes.user_no,
        tastes.feature_no,
        tastes.taste_weight
    from profile.user_tastes as tastes
    where tastes.taste_weight > 0
    qualify row_number() over (
        partition by tastes.user_no
        order by tastes.taste_weight desc, tastes.feature_no
    ) <= {{ tastes }}

),

lengths as (

    select
        strongest.user_no,
        sqrt(sum(strongest.taste_weight * strongest.taste_weight)) as length
    from strongest
    group by strongest.user_no

)

select
    strongest.user_no,
    strongest.feature_no,
    strongest.taste_weight / nullif(lengths.length, 0) as taste_part  -- the taste's part of a vector of length 1
from strongest
inner join lengths
    on lengths.user_no = strongest.user_no

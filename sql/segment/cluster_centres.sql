/*
The clusters of all customers: the chosen clustering of the sample, carried on with everybody.

The passes are those of segment.cluster_trials. Where everybody is in the sample nothing moves any
more.

grain: cluster_no
kind: iterated
until: not exists (select this.start_no from this where not this.is_settled)
at_most: 200
*/
with

crowd as (

    select points.user_no, points.point
    from segment.cluster_points as points

),

starting as (

    select
        trials.cluster_count,
        trials.start_no,
        trials.cluster_no,
        coalesce(latest.centre, trials.centre) as centre,
        latest.member_count,
        latest.squares,
        coalesce(latest.is_settled, false) as is_settled
    from segment.cluster_choices as choices
    inner join segment.cluster_trials as trials
        on trials.cluster_count = choices.cluster_count
        and trials.start_no = choices.start_no
    left join segment.cluster_centres as latest
        on latest.cluster_no = trials.cluster_no
    where choices.is_chosen

),

{% include "kmeans.part" %}

/*
How clearly each customer of the sample belongs to her cluster rather than to the next one.

The mean distance to the others of her own cluster is held against that to the members of the
cluster nearest to her. Distances lie on a fine grid, so that their sums are exact. Who is alone
in a cluster counts as 0.

grain: cluster_count, user_no
check: silhouette between -1.000001 and 1.000001
cite: Rousseeuw (1987), Silhouettes: a graphical aid to the interpretation of cluster analysis
*/
with

pairs as (

    select
        mine.user_no, other.user_no as other_user_no,
        on_fine_grid(sqrt(squared_distance(mine.point, other.point))) as distance
    from cluster.points as mine
    inner join cluster.points as other
        on other.user_no <> mine.user_no
    where mine.is_sampled
        and other.is_sampled

),

distances as (

    select
        others.cluster_count, pairs.user_no, others.cluster_no,
        sum(pairs.distance) / nullif(cast(count(*) as double), 0) as mean_distance
    from pairs
    inner join cluster.tried as others
        on others.user_no = pairs.other_user_no
    group by others.cluster_count, pairs.user_no, others.cluster_no

),

compared as (

    select
        mine.cluster_count, mine.user_no,
        max(
            case when distances.cluster_no = mine.cluster_no then distances.mean_distance end
        ) as own,
        min(
            case when distances.cluster_no <> mine.cluster_no then distances.mean_distance end
        ) as next
    from cluster.tried as mine
    left join distances
        on distances.cluster_count = mine.cluster_count
        and distances.user_no = mine.user_no
    group by mine.cluster_count, mine.user_no

)

select
    compared.cluster_count,
    compared.user_no,
    coalesce(
        (compared.next - compared.own) / nullif(greatest(compared.next, compared.own), 0), 0
    ) as silhouette  -- 1: her own cluster is far nearer than the next; 0: on the border; below: nearer to another
from compared

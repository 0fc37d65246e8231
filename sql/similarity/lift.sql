/*
Lift: how much more often two go together than if they knew nothing of each other.

Up to a factor, the number of all who could have them, which is the same for every pair. So it
finds what is special, and among the rarest things what is chance; shrinkage helps.

grain: entity_no, other_entity_no
label: Lift
weight: 0
cite: Brin, Motwani, Ullman and Tsur (1997), Dynamic Itemset Counting (there called interest)
*/
select
    pair.common_count / nullif(
        cast(pair.degree_count as double) * pair.other_degree_count + {{ shrinkage }}, 0
    ) as similarity  -- 1: nobody else has either
from pair

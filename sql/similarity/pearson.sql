/*
Pearson correlation over what two have in common.

Do they agree in what they like more? Means and spreads are those of the shared things only,
so that a strict and a mild rater of one taste correlate. Who rates everything alike has no
spread and correlates with nobody.

grain: entity_no, other_entity_no
label: Pearson
weight: 0
cite: Resnick, Iacovou, Suchak, Bergstrom and Riedl (1994), GroupLens, p. 181
*/
select
    (
        pair.dot_product
        - pair.common_sum * pair.other_common_sum / nullif(pair.common_count, 0)
    ) / nullif(
        sqrt(greatest(0,
            pair.common_square_sum
            - power(pair.common_sum, 2) / nullif(pair.common_count, 0)
        ))
        * sqrt(greatest(0,
            pair.other_common_square_sum
            - power(pair.other_common_sum, 2) / nullif(pair.common_count, 0)
        ))
        + case when pair.common_count > 1 then {{ shrinkage }} end, 0
    ) as similarity  -- null when either side is constant
from pair

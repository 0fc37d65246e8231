/*
An item is worth to a user what it has in common with all that she turned to of late.

Smart Adaptive Recommendations: likeness times affinity, over all neighbours that are kept. Its
authors take Jaccard, or lift for what is special; for likeness between all items set
`similarity.neighbours` as high as there are items, and `similarity.min_common` to 1.

grain: user_no, item_no, source_no
kind: view
label: SAR
weight: 0
cite: Microsoft Recommenders, Smart Adaptive Recommendations (SAR), section 3
*/
select
    affinity.user_no,
    neighbours.entity_no as item_no,
    'item' as source_kind,  -- what speaks for the item: item, user, taste, popularity or rhythm
    affinity.item_no as source_no,  -- its number; 0 where it has none
    on_fine_grid(neighbours.similarity * affinity.affinity) as contribution  -- what this adds to the score
from similarity.neighbours
inner join score.affinity
    on affinity.item_no = neighbours.other_entity_no
where neighbours.axis = 'item'
    and neighbours.measure = coalesce(nullif({{ sar_measure }}, ''), {{ measure }})

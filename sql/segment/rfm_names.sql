/*
The name of every RFM cell: the first line that fits, the last fits all.

FM is the mean of frequency and net amount, halves rounded up.

grain: priority
*/
select
    names.priority,  -- lines are tried in this order
    names.segment,  -- the segment's name
    names.r_from,  -- lowest recency score
    names.r_to,  -- highest recency score
    names.fm_from,  -- lowest mean of frequency and net amount scores
    names.fm_to  -- highest mean of frequency and net amount scores
from (
    values
        (1, 'Champions', 4, 5, 4, 5),
        (2, 'Loyal Customers', 3, 5, 4, 5),
        (3, 'Loyal Customers', 4, 5, 3, 3),
        (4, 'Potential Loyalist', 4, 5, 2, 2),
        (5, 'New Customers', 5, 5, 1, 1),
        (6, 'Promising', 4, 4, 1, 1),
        (7, 'Need Attention', 3, 3, 3, 3),
        (8, 'About To Sleep', 3, 3, 1, 2),
        (9, 'Can''t Lose Them', 1, 1, 4, 5),
        (10, 'At Risk', 1, 2, 3, 5),
        (11, 'Hibernating', 2, 2, 1, 2),
        (12, 'Lost', 1, 5, 1, 5)
) as names (priority, segment, r_from, r_to, fm_from, fm_to)

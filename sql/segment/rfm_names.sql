/*
The name of every RFM cell: the first line that fits, and the last line fits all.

Who ordered once is told by recency alone, however large that order was: nobody is loyal
after one order. Nobody is loyal either who spends least of all or had everything refunded.

grain: priority
*/
select
    names.priority,  -- lines are tried in this order
    names.segment,  -- the segment's name
    names.r_from,  -- lowest recency score
    names.r_to,  -- highest recency score
    names.f_from,  -- lowest frequency score
    names.f_to,  -- highest frequency score
    names.m_from,  -- lowest net amount score
    names.m_to  -- highest net amount score
from (
    values
        (1, 'Champions', 4, 5, 4, 5, 4, 5),
        (2, 'Loyal Customers', 3, 5, 4, 5, 2, 5),
        (3, 'Loyal Customers', 4, 5, 3, 3, 3, 5),
        (4, 'Potential Loyalist', 4, 5, 2, 5, 1, 5),
        (5, 'New Customers', 5, 5, 1, 1, 1, 5),
        (6, 'Promising', 4, 4, 1, 1, 1, 5),
        (7, 'Need Attention', 3, 3, 3, 5, 1, 5),
        (8, 'Need Attention', 3, 3, 2, 2, 4, 5),
        (9, 'About To Sleep', 3, 3, 1, 2, 1, 5),
        (10, 'Can''t Lose Them', 1, 1, 4, 5, 4, 5),
        (11, 'At Risk', 1, 2, 3, 5, 1, 5),
        (12, 'At Risk', 1, 2, 2, 2, 4, 5),
        (13, 'Hibernating', 2, 2, 1, 2, 1, 5),
        (14, 'Lost', 1, 5, 1, 5, 1, 5)
) as names (priority, segment, r_from, r_to, f_from, f_to, m_from, m_to)

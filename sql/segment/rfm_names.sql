/*
The name of every RFM cell: the first line that fits, and the last line fits all.

Who ordered once is told by recency alone, however large that order was: nobody is loyal
after one order. Nobody is loyal either who spends least of all, and nobody promises to be
who had everything refunded, however often she orders. Who has only just been won is not
about to go, however many others ordered since: scores compare with all customers, of whom
most may have been here this week.

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
    names.m_to,  -- highest net amount score
    names.is_for_newcomers,  -- true: only for those who placed their first order lately
    names.is_for_earnings  -- true: only for those from whom something was earned within the RFM window
from (
    values
        (1, 'Champions', 4, 5, 4, 5, 4, 5, false, false),
        (2, 'Loyal Customers', 3, 5, 4, 5, 2, 5, false, false),
        (3, 'Loyal Customers', 4, 5, 3, 3, 3, 5, false, false),
        (4, 'Potential Loyalist', 4, 5, 2, 5, 1, 5, false, true),
        (5, 'Potential Loyalist', 1, 3, 2, 5, 1, 5, true, true),
        (6, 'New Customers', 5, 5, 1, 1, 1, 5, false, false),
        (7, 'Promising', 4, 4, 1, 1, 1, 5, false, false),
        (8, 'Promising', 1, 3, 1, 1, 1, 5, true, false),
        (9, 'Need Attention', 3, 5, 3, 5, 1, 5, false, false),
        (10, 'Need Attention', 4, 5, 2, 2, 1, 5, false, false),
        (11, 'Need Attention', 3, 3, 2, 2, 4, 5, false, false),
        (12, 'About To Sleep', 3, 3, 1, 2, 1, 5, false, false),
        (13, 'Can''t Lose Them', 1, 1, 4, 5, 4, 5, false, false),
        (14, 'At Risk', 1, 2, 3, 5, 1, 5, false, true),
        (15, 'At Risk', 1, 2, 2, 2, 4, 5, false, false),
        (16, 'Hibernating', 2, 2, 1, 5, 1, 5, false, false),
        (17, 'Lost', 1, 5, 1, 5, 1, 5, false, false)
) as names (
    priority, segment, r_from, r_to, f_from, f_to, m_from, m_to, is_for_newcomers, is_for_earnings
)

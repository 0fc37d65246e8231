/*
What the list of each judged user is worth with the parameters as they are.

Built once and kept; then the same is built with other parameters, trial by trial, and held
against it user by user: what makes a user easy or hard for all falls out.

grain: user_no
*/
select
    worths.user_no,
    worths.worth as usual_worth  -- what the list is worth before anything is changed
from evaluation.worths

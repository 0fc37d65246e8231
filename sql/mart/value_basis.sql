/*
Whether the data suffice to tell what customers are worth, one requirement a row.

grain: requirement_no
*/
select
    requirements.requirement_no,
    requirements.requirement,
    requirements.found_value,
    requirements.at_least_value,
    requirements.at_most_value,
    requirements.is_met,
    requirements.is_decisive
from value.requirements

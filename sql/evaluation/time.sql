/*
The test part is the last days: what is known on the day before, judged by what came next.

The split that resembles use: a list goes out today and is judged by the weeks to come. It
is the only one in which nothing of the future can help.

grain: source, source_row
kind: view
label: Everything from a day on
*/
select
    interactions.source,
    interactions.source_row
from staging.interactions
cross join profile.clock
where interactions.occurred_on >= coalesce(
    text_to_day({{ test_from }}), clock.reference_on - {{ test_days }} + 1
)

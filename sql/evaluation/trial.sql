/*
What a trial with other parameters came to: the mean worth, and what is gained, with its interval.

Both over the same users. The interval is of 95 %, by Student's t over each user's own gain. The
best of many trials was lucky too: what it gains is told by users' choices that none has seen.

grain: trial_count
*/
with

exact as (

    select
        cast(worths.worth as decimal(18, 12)) as worth,
        cast(worths.worth - yardstick.usual_worth as decimal(18, 12)) as gain,
        cast(
            (worths.worth - yardstick.usual_worth) * (worths.worth - yardstick.usual_worth)
            as decimal(24, 15)
        ) as gain_square
    from evaluation.worths
    inner join evaluation.yardstick
        on yardstick.user_no = worths.user_no

),

summed as (

    select
        count(*) as judged_count,
        cast(sum(exact.worth) as double) / nullif(count(*), 0) as mean_worth,
        cast(sum(exact.gain) as double) / nullif(count(*), 0) as mean_gain,
        half_width(
            count(*), cast(sum(exact.gain) as double), cast(sum(exact.gain_square) as double)
        ) as width
    from exact

)

select
    1 as trial_count,  -- the one trial
    summed.judged_count,  -- users who are judged
    round(summed.mean_worth, 12) as mean_worth,  -- mean of what the lists are worth
    round(summed.mean_gain, 12) as mean_gain,  -- what that is more than with the parameters as they are, over the same users
    round(summed.mean_gain - summed.width, 12) as gain_low,  -- lower end of its 95 % interval
    round(summed.mean_gain + summed.width, 12) as gain_high  -- upper end of its 95 % interval
from summed

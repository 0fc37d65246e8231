/*
What the models are fitted to: customers who are alike in all that a model looks at, counted.

BG/NBD lets a customer leave after each repeat order, MBG/NBD after the first one too. So
for one, who has never come back is there for ever; for the other, perhaps not. Gamma-Gamma
looks at those who have come back and paid.

grain: viewpoint, value_model, repeat_order_count, active_weeks, observed_weeks, mean_repeat_amount
*/
with

comers as (

    select
        histories.viewpoint,
        histories.repeat_order_count,
        histories.active_weeks,
        histories.observed_weeks,
        count(*) as same_count
    from value.histories
    where not histories.is_clockwork
    group by
        histories.viewpoint, histories.repeat_order_count,
        histories.active_weeks, histories.observed_weeks

),

spenders as (

    select
        histories.viewpoint,
        histories.repeat_order_count,
        histories.mean_repeat_amount,
        count(*) as same_count
    from value.histories
    where histories.repeat_order_count > 0
        and histories.mean_repeat_amount > 0
        and not histories.is_clockwork
    group by histories.viewpoint, histories.repeat_order_count, histories.mean_repeat_amount

)

select
    comers.viewpoint,
    'BG/NBD' as value_model,  -- BG/NBD and MBG/NBD for orders, Gamma-Gamma for amounts
    comers.repeat_order_count,
    comers.repeat_order_count as leaving_chance_count,  -- after how many orders they could have left
    comers.active_weeks,
    comers.observed_weeks,
    cast(0 as decimal(18, 4)) as mean_repeat_amount,
    comers.same_count  -- customers with just these numbers
from comers
union all
select
    comers.viewpoint,
    'MBG/NBD' as value_model,
    comers.repeat_order_count,
    comers.repeat_order_count + 1,
    comers.active_weeks,
    comers.observed_weeks,
    0,
    comers.same_count
from comers
union all
select
    spenders.viewpoint,
    'Gamma-Gamma' as value_model,
    spenders.repeat_order_count,
    0,
    0.0,
    0.0,
    spenders.mean_repeat_amount,
    spenders.same_count
from spenders

/*
What is left of each customer's money after the cost of the goods, as far as costs are known.

It is told of those alone, most of whose money went on items with a known cost. With tax in
the amounts it is in the margin too.

grain: user_id
*/
with

lines as (

    select
        lines.user_id,
        lines.net_amount,
        case when items.unit_cost_amount is not null then lines.net_amount end as costed_amount,
        (lines.quantity - lines.return_quantity) * items.unit_cost_amount as cost_amount
    from staging.order_lines as lines
    left join staging.items
        on items.item_id = lines.item_id
    where lines.user_id is not null

),

sums as (

    select
        lines.user_id,
        sum(lines.net_amount) as net_amount,
        sum(lines.costed_amount) as costed_amount,
        sum(lines.cost_amount) as cost_amount
    from lines
    group by lines.user_id

)

select
    sums.user_id,
    round(
        1 - cast(sums.cost_amount as double) / nullif(cast(sums.costed_amount as double), 0), 9
    ) as margin_ratio  -- of the net amount, what the goods did not cost
from sums
where sums.costed_amount > 0
    and sums.costed_amount >= {{ min_costed_share }} * sums.net_amount

/*
The order that each purchase belongs to.

A purchase with an order id is a line of that order; without one, all that a user buys
on one local day is one order, and what a guest buys without an order id is an order of
its own. An order id that occurs in several sources means several orders.

grain: source, source_row
*/
with

purchases as (

    select
        interactions.source,
        interactions.source_row,
        interactions.source_order_id,
        interactions.user_id,
        interactions.occurred_on
    from staging.interactions
    where interactions.event_type = 'purchase'
        and interactions.fate in ('used', 'unidentified')

),

shared_ids as (

    select purchases.source_order_id
    from purchases
    where purchases.source_order_id is not null
    group by purchases.source_order_id
    having min(purchases.source) <> max(purchases.source)

)

select
    purchases.source,
    purchases.source_row,
    case
        when shared_ids.source_order_id is not null
            then purchases.source || ':' || purchases.source_order_id
        when purchases.source_order_id is not null then purchases.source_order_id
        when purchases.user_id is not null
            then concat_ws(' on ', purchases.user_id, purchases.occurred_on)
        else purchases.source || ' row ' || purchases.source_row
    end as order_id  -- the order; where sources share order ids, as source:order; without order id, user and day
from purchases
left join shared_ids
    on shared_ids.source_order_id = purchases.source_order_id

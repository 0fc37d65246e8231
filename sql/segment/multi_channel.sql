/*
Users who really buy over two channels, where most others keep to one.

A single web order of a lifelong shop customer is no habit: the second channel needs several
orders and a considerable part of all. She is compared with the others who ordered often enough
to have two habits; where most of them do the same, it sets nobody apart.

grain: user_id
label: Multi-channel customer
priority: 70
objective: Let every channel know what the other one knows, and keep both in use.
offer: Order online and pick up or return in the shop; one card, one account, one price. No voucher
    that moves them from one channel to the other.
message: Order here, pick up there: one account knows it all.
channel: Both, taking turns: in the shop what they can do online, online what the shop holds for
    them.
contact: email, app, store, post
timing: With an order in one channel, a word about the other; no mailings of their own.
measure: Net amount within 90 days over all channels together, against the control group; share who
    still use both.
param: multi_min_orders = 2 (orders that the second channel needs [1 or more])
param: multi_min_share = 0.2 (of all her orders, the part that the second channel needs [0 to 1])
param: multi_max_usual_share = 0.5 (of the others with as many orders, the share from which on it
    is nothing special [0 to 1])
*/
with

used as (

    select
        orders.user_id,
        orders.channel,
        count(*) as order_count,
        sum(count(*)) over (partition by orders.user_id) as user_order_count,
        row_number() over (
            partition by orders.user_id
            order by count(*) desc, orders.channel
        ) as place
    from staging.orders
    inner join profile.users
        on users.user_id = orders.user_id
        and not users.is_excluded
    where orders.channel is not null
    group by orders.user_id, orders.channel

),

habits as (

    select
        first.user_id,
        first.user_order_count,
        first.channel || ' and ' || other.channel as channels_in_words,
        other.order_count / cast(nullif(first.user_order_count, 0) as double) as second_share,
        coalesce(
            other.order_count >= {{ multi_min_orders }}
            and other.order_count >= {{ multi_min_share }} * first.user_order_count,
            false
        ) as is_habit
    from used as first
    left join used as other
        on other.user_id = first.user_id
        and other.place = 2
    where first.place = 1
        and first.user_order_count >= 2 * {{ multi_min_orders }}

),

compared as (

    select
        habits.user_id, habits.user_order_count, habits.channels_in_words, habits.second_share,
        habits.is_habit,
        (count(case when habits.is_habit then 1 end) over () - 1)
            / cast(nullif(count(*) over () - 1, 0) as double) as usual_share
    from habits

)

select
    compared.user_id,
    compared.channels_in_words,  -- in use
    compared.second_share,  -- of the orders through the second one
    cast(compared.user_order_count as bigint) as order_count,  -- orders
    compared.usual_share  -- of the others who order often enough do so too
from compared
where compared.is_habit
    and coalesce(compared.usual_share, 0) <= {{ multi_max_usual_share }}

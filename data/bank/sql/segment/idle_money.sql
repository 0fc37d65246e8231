/*
Users with much money at hand and nothing invested.

Money that lies in a current account loses value each year; of everybody with a large balance
those are meant who hold no running product of the category Investing. The balance itself
stays private: the band says enough.

grain: user_id
label: Idle money
priority: 5
objective: Talk about what the money is for, and invest the part that is not needed soon.
offer: A talk about aims and horizons; a savings plan that may begin small. No product by post.
message: Part of your money could work for you. Shall we look at it together?
channel: A call of the adviser, else an e-mail that offers a date.
contact: phone, email
timing: Within a month of the balance reaching the band; not again before a year has passed.
measure: Share with a product of the category Investing within 180 days, against the control group.
*/
with

investors as (

    select distinct contracts.user_id
    from value.contracts
    inner join staging.items
        on items.item_id = contracts.item_id
    where contracts.is_running
        and items.category = 'Investing'

)

select
    users.user_id,
    bands.attribute_value as balance_band,  -- at hand
    tenures.attribute_value as tenure_years  -- years with us
from profile.users
inner join profile.user_attributes as bands
    on bands.user_no = users.user_no
    and bands.attribute = 'balance_band'
    and bands.attribute_value = '50,000 and more'
left join profile.user_attributes as tenures
    on tenures.user_no = users.user_no
    and tenures.attribute = 'tenure_years'
left join investors
    on investors.user_id = users.user_id
where investors.user_id is null

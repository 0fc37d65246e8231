/*
Who has what, and how much she has in all: the matrix of ones that votes of items are counted on.

Scorers that walk from item to item over the users who have both, or count how often two go
together, take no notice of how strong an interest is, which on purchases has paid (see
Ferrari Dacrema and others). Who has little tells more of each item than who has everything.
Excluded users tell nothing.

grain: user_no, item_no
cite: Ferrari Dacrema, Boglio, Cremonesi and Jannach (2021), A Troubling Analysis of
    Reproducibility and Progress in Recommender Systems Research
*/
with

catalogue as (

    select count(*) as item_count
    from profile.items
    where items.interested_count > 0

),

profiles as (

    select
        user_item.user_no,
        count(*) as held_count
    from profile.user_item
    inner join profile.users
        on users.user_no = user_item.user_no
        and not users.is_excluded
    group by user_item.user_no

)

select
    cast(user_item.user_no as integer) as user_no,
    cast(user_item.item_no as integer) as item_no,
    profiles.held_count,  -- items that the user has
    on_grid(ln(
        cast(catalogue.item_count as double) / (1 + profiles.held_count)
    )) as user_rarity  -- log of all items over hers and one: what a common item of hers tells
from profile.user_item
inner join profiles
    on profiles.user_no = user_item.user_no
cross join catalogue
order by user_item.user_no, user_item.item_no

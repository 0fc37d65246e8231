/*
What each item says for others by random walk: one vote, shared out among them.

The nearest of each item share its vote, and of the votes for an item the largest count, so
that neither an item with many neighbours nor one that is everybody's neighbour says more.

grain: item_no, voted_item_no
check: vote > 0
cite: Paudel, Christoffel, Newell and Bernstein (2017), section 4; the two cuts as in the
    code of Ferrari Dacrema, Boglio, Cremonesi and Jannach (2021)
*/
with

shares as (

    select
        walk_step.item_no,
        walk_step.voted_item_no,
        on_fine_grid(walk_step.walk_weight / nullif(cast(
            sum(cast(walk_step.walk_weight as decimal(38, 18))) over (
                partition by walk_step.item_no
            ) as double
        ), 0)) as vote
    from score.walk_step

)

select
    shares.item_no,
    shares.voted_item_no,
    shares.vote  -- what an item says for another one
from shares
where shares.vote > 0
qualify row_number() over (
    partition by shares.voted_item_no
    order by shares.vote desc, shares.item_no
) <= {{ walk_neighbours }}

/*
What each item says for another one, learned in competition with all others that speak for it.

At first all say the same. Then each vote is multiplied by how many have both items, over what all
who speak for the item would say of its users: where others have said it already, the vote falls.
One pass reads plainly: the co-occurrence as a share of that with all neighbours. More passes
approach sparse non-negative weights of least squared error with a ridge, without an inverse,
without a step size. The power takes longer strides. Votes lie on a fine grid, so that their
sums are exact.

grain: slot_no
check: vote >= 0
kind: iterated
until: coalesce((select max(this.pass_no) from this), {{ co_passes }}) >= {{ co_passes }}
at_most: 101
cite: Ning and Karypis (2011), SLIM: Sparse Linear Methods for Top-N Recommender Systems (the
    objective); Lee and Seung (2001), Algorithms for Non-negative Matrix Factorization, eq. 4
*/
with

crowds as (

    select
        rivals.slot_no,
        sum(rivals.both_count * rival.vote) as said
    from score.rivals
    inner join score.learned_votes as rival
        on rival.slot_no = rivals.rival_slot_no
    group by rivals.slot_no

),

learned as (

    select
        support.slot_no, support.item_no, support.voted_item_no,
        coalesce(latest.pass_no + 1, 0) as pass_no,
        case
            when latest.pass_no is null then 1.0 / {{ co_neighbours }}
            else coalesce(latest.vote * power(
                support.both_count / nullif(crowds.said + {{ co_ridge }} * latest.vote, 0),
                {{ co_power }}
            ), 0)
        end as vote
    from score.support
    left join score.learned_votes as latest
        on latest.slot_no = support.slot_no
    left join crowds
        on crowds.slot_no = support.slot_no

)

select
    learned.slot_no,
    learned.item_no,
    learned.voted_item_no,
    cast(learned.pass_no as integer) as pass_no,  -- passes that have been gone through
    on_fine_grid(learned.vote) as vote  -- what an item says for another one
from learned

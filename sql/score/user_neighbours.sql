/*
An item is worth to a user what it is worth to the users most like her.

Each of them gives her similarity times her own strength for the item. The textbook asks the
users that are nearest to her; the reverse asks those to whom she is among the nearest. Then who
is near to everybody, having much or the usual, does not speak for everybody: on MovieLens
that is worth a twentieth of precision.

grain: user_no, item_no, source_no
kind: view
label: User neighbours
weight: 0.5
cite: Resnick, Iacovou, Suchak, Bergstrom and Riedl (1994), GroupLens, p. 181; sums instead
    of means, because a ranking of bought items has no scale to return to
cite: Ferrari Dacrema, Boglio, Cremonesi and Jannach (2021), A Troubling Analysis of
    Reproducibility and Progress in Recommender Systems Research; the reverse is in its code
*/
with

neighbours as (

    select
        case when {{ user_reverse }} then near.other_entity_no else near.entity_no end as user_no,
        case when {{ user_reverse }} then near.entity_no else near.other_entity_no end
            as other_user_no,
        near.similarity
    from similarity.neighbours as near
    where near.axis = 'user'
        and near.measure = coalesce(nullif({{ user_measure }}, ''), {{ measure }})
        and near.rank <= {{ user_neighbours }}

)

select
    neighbours.user_no,
    theirs.item_no,
    'user' as source_kind,  -- what speaks for the item: item, user, taste, popularity or rhythm
    neighbours.other_user_no as source_no,  -- its number; 0 where it has none
    on_fine_grid(neighbours.similarity * theirs.strength) as contribution  -- what this adds to the score
from neighbours
inner join profile.user_item as theirs
    on theirs.user_no = neighbours.other_user_no

"""Every one of the 125 RFM cells has exactly one name, the one that its meaning asks for.

Newcomers have 125 of their own, and those of whom nothing was earned, who all score 1 by money, 25 of each.
"""

from itertools import product

import pytest
from handmade_segments import cell_name as meant

ELEVEN = {
    "Champions", "Loyal Customers", "Potential Loyalist", "New Customers", "Promising", "Need Attention",
    "About To Sleep", "At Risk", "Can't Lose Them", "Hibernating", "Lost",
}
SCORES = range(1, 6)
CELLS = [(r, f, m, new, nothing) for r, f, m, new, nothing in product(SCORES, SCORES, SCORES, (False, True), (False, True))
         if m == 1 or not nothing]
LOYAL = {"Champions", "Loyal Customers", "Potential Loyalist"}


@pytest.fixture(scope="module")
def named(spec_runner) -> dict[tuple, list[str]]:
    """The names that segment.rfm gives a customer of each cell."""
    con = spec_runner.con
    con.execute("begin")
    try:
        con.execute("delete from segment.rfm_scores; delete from segment.newcomers")
        for number, (r, f, m, new, nothing) in enumerate(CELLS):
            con.execute(
                "insert into segment.rfm_scores by name select ? as user_id, ? as r_score, ? as f_score, ? as m_score, "
                "? as is_without_revenue", [number, r, f, m, nothing])
            if new:
                con.execute("insert into segment.newcomers by name select ? as user_id", [number])
        con.execute(f"create or replace temp table cells as {spec_runner.plan.nodes['segment.rfm'].sql}")
        rows = con.sql("select r_score, f_score, m_score, is_new, is_without_revenue, segment from cells").fetchall()
    finally:
        con.execute("rollback")
    found = {cell: [] for cell in CELLS}
    for *cell, name in rows:
        found[tuple(cell)].append(name)
    return found


def test_every_cell_has_exactly_one_name(named):
    assert len(named) == 2 * (125 + 25)
    assert {len(names) for names in named.values()} == {1}


def test_the_eleven_names_occur_and_no_other(named):
    assert {name for names in named.values() for name in names} == ELEVEN


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: "r{}f{}m{}{}{}".format(*cell[:3], "-new" * cell[3], "-nothing" * cell[4]))
def test_a_cell_is_called_what_it_means(named, cell):
    assert named[cell] == [meant(*cell)]


def test_who_keeps_nothing_is_not_called_loyal_and_who_is_new_is_not_about_to_go(named):
    assert not LOYAL & {name for (*_, nothing), (name,) in named.items() if nothing}
    assert {name for (*_, new, nothing), (name,) in named.items() if new and not nothing} == LOYAL | {"New Customers", "Promising"}
    assert {name for (_, f, _, new, _), (name,) in named.items() if new and f == 1} == {"New Customers", "Promising"}


def test_no_line_is_idle(spec_runner):
    """Each line of rfm_names is the first that fits some cell, or it would only look like a rule."""
    lines = spec_runner.con.sql(
        "select r_from, r_to, f_from, f_to, m_from, m_to, is_for_newcomers, is_for_earnings from segment.rfm_names order by priority"
    ).fetchall()

    def fits(line, cell):
        *bounds, for_newcomers, for_earnings = line
        *scores, new, nothing = cell
        within = all(low <= score <= high for low, high, score in zip(bounds[::2], bounds[1::2], scores, strict=True))
        return within and (new or not for_newcomers) and not (nothing and for_earnings)

    first = {next(number for number, line in enumerate(lines) if fits(line, cell)) for cell in CELLS}
    assert first == set(range(len(lines)))

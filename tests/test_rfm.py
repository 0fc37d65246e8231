"""Every one of the 125 RFM cells has exactly one name, the one that its meaning asks for."""

from itertools import product

import pytest
from handmade_segments import cell_name as meant

ELEVEN = {
    "Champions", "Loyal Customers", "Potential Loyalist", "New Customers", "Promising", "Need Attention",
    "About To Sleep", "At Risk", "Can't Lose Them", "Hibernating", "Lost",
}
CELLS = list(product(range(1, 6), repeat=3))


@pytest.fixture(scope="module")
def named(spec_runner) -> dict[tuple[int, int, int], list[str]]:
    """The names that segment.rfm gives a customer of each cell."""
    con = spec_runner.con
    con.execute("begin")
    try:
        con.execute("delete from segment.rfm_scores")
        for r, f, m in CELLS:
            con.execute(
                "insert into segment.rfm_scores by name select ? as user_id, ? as r_score, ? as f_score, ? as m_score",
                [f"{r}{f}{m}", r, f, m])
        con.execute(f"create or replace temp table cells as {spec_runner.plan.nodes['segment.rfm'].sql}")
        rows = con.sql("select r_score, f_score, m_score, segment from cells").fetchall()
    finally:
        con.execute("rollback")
    found = {cell: [] for cell in CELLS}
    for r, f, m, name in rows:
        found[r, f, m].append(name)
    return found


def test_every_cell_has_exactly_one_name(named):
    assert len(named) == 125
    assert {len(names) for names in named.values()} == {1}


def test_the_eleven_names_occur_and_no_other(named):
    assert {name for names in named.values() for name in names} == ELEVEN


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: "r{}f{}m{}".format(*cell))
def test_a_cell_is_called_what_it_means(named, cell):
    assert named[cell] == [meant(*cell)]


def test_no_line_is_idle(spec_runner):
    """Each line of rfm_names is the first that fits some cell, or it would only look like a rule."""
    lines = spec_runner.con.sql(
        "select r_from, r_to, f_from, f_to, m_from, m_to from segment.rfm_names order by priority").fetchall()

    def fits(line, cell):
        return all(low <= score <= high for low, high, score in zip(line[::2], line[1::2], cell, strict=True))

    first = {next(number for number, line in enumerate(lines) if fits(line, cell)) for cell in CELLS}
    assert first == set(range(len(lines)))

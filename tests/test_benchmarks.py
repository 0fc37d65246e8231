"""The benchmark runs, its data are like what they stand for, and its results are right. How fast anything is, no test judges."""

import json
import sys
from pathlib import Path

import duckdb
import numpy as np
import pytest
from benchmarks import agree, measure, report, works
from benchmarks.generate import TOLERANCES, astray, data, marginals
from benchmarks.shapes import SHAPES, uneven
from scipy import sparse
from tests_support import ran

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def made(once):
    """Return a function from a size to the folder with its events."""
    return lambda size: data(once(f"benchmark-{size}", lambda folder: data(folder, size) and None), size)


def test_the_marginals_are_those_of_movielens(made):
    found = json.loads((made("100k") / "marginals.json").read_text(encoding="utf-8"))
    assert astray(found, SHAPES["100k"]) == {}


@pytest.mark.parametrize("size", ["100k", "1m", "20m"])
def test_lengths_and_popularities_follow_the_published_numbers(size):
    shape = SHAPES[size]
    lengths = uneven(shape.users, shape.ratings, shape.shortest_profile, shape.median_profile, shape.longest_profile, 1.7)
    assert lengths.sum() == shape.ratings
    assert (lengths[0], lengths[-1]) == (shape.shortest_profile, shape.longest_profile)
    assert abs(lengths[len(lengths) // 2] - shape.median_profile) <= 1
    popularity = uneven(shape.items, shape.ratings, 1, shape.middle_item, shape.top_item, 2.3)
    assert (popularity.sum(), popularity[0], popularity[-1]) == (shape.ratings, 1, shape.top_item)


def test_people_of_one_taste_take_the_same_items(made):
    """Two popular items are taken together by up to several times as many as chance would have it, and some by fewer."""
    lifts = duckdb.sql(f"""
        with
        events as (from '{made("100k")}/events.parquet'),
        popular as (select item, count(*) as people from events group by item order by people desc limit 200),
        pairs as (
            select one.item, other.item as other_item, count(*) as people
            from events as one join events as other on other.user = one.user and other.item > one.item
            group by all)
        select pairs.people * 943 / (popular.people * others.people)
        from pairs join popular on popular.item = pairs.item join popular as others on others.item = pairs.other_item
        order by 1
    """).fetchnumpy()
    lifts = next(iter(lifts.values()))
    low, middle, high = (lifts[int(len(lifts) * place)] for place in (0.05, 0.5, 0.95))
    assert high > 1.3 * middle and low < 0.8 * middle


def test_the_same_seed_makes_the_same_data(tmp_path, made):
    again = data(tmp_path, "tiny")
    assert (again / "events.csv").read_bytes() == (made("tiny") / "events.csv").read_bytes()
    assert (data(tmp_path, "tiny", seed=2) / "events.csv").read_bytes() != (again / "events.csv").read_bytes()


def test_a_wide_shop_buys_again_and_meets_little(made):
    shape = SHAPES["wide-small"]
    with duckdb.connect() as con:
        con.execute(f"create view events as from '{made('wide-small')}/events.parquet'")
        found = marginals(con)
    assert (found["users"], found["items"], found["events"]) == (shape.users, shape.items, shape.events)
    assert found["pairs"] < 0.8 * found["events"]  # the rest is bought again
    assert found["pairs"] < 0.02 * found["users"] * found["items"]


def test_what_is_off_is_said():
    assert astray(dict.fromkeys(TOLERANCES, 1.0), SHAPES["1m"])["top_item"] == (1.0, 3_428)
    with pytest.raises(ValueError, match="cannot add up"):
        uneven(10, 1_000_000, 1, 5, 20, 2)


WORKS = ("item_cosine", "user_cosine", "item_pearson", "top10", "file")


@pytest.fixture(scope="session")
def ran_whole(once, made):
    """The whole benchmark at 100K: the folder with out.json and table.md."""

    def run(folder):
        only = [word for work in WORKS for word in ("--only", work)]
        words = [sys.executable, "-m", "tests.benchmarks", "--size", "100k", "--runs", "1", "--data", made("100k").parents[1], *only]
        (folder / "table.md").write_text(ran(*words, "--json", folder / "out.json", seconds=600, cwd=ROOT), encoding="utf-8")

    return once("benchmark", run)


@pytest.mark.slow
@pytest.mark.posix
def test_every_work_runs_and_finds_what_scipy_finds(ran_whole):
    """Ours takes part in every work; peers do where they are installed, else the reason is said."""
    found = {work["work"]: work for work in json.loads((ran_whole / "out.json").read_text(encoding="utf-8"))["works"]}
    assert set(found) == set(WORKS)
    for work in found.values():
        ours, *peers = work["contestants"]
        assert not ours["failed"] and ours["checked"] == (943 if work["work"] in ("user_cosine", "top10") else 1_682) and ours["seconds"] and ours["peak_bytes"][0] > 10e6
        for peer in peers:
            assert not peer["failed"]
            assert peer["skipped"].endswith("is not installed (pip install -e '.[bench]')") or peer["seconds"]


@pytest.mark.slow
@pytest.mark.posix
def test_the_table_names_everybody(ran_whole):
    title, _, head, _, *rows = (ran_whole / "table.md").read_text(encoding="utf-8").splitlines()
    assert "100,000 events" in title and "duckdb" in title
    assert len(rows) == sum(1 + len(works.WORKS[name].peers) for name in WORKS)
    assert {row.count("|") for row in rows} == {head.count("|")}


def test_a_wrong_neighbour_is_found():
    """A value that is not its pair's, a better neighbour left out, a list that is too short."""
    rows = sparse.csr_matrix(np.array([[1.0, 2, 0, 1], [1, 2, 0, 0], [0, 1, 3, 0], [2, 0, 1, 5]]))
    exact = agree.Cosine(rows)
    everyone, of_each = np.arange(4), exact(np.arange(4))
    right = {
        "one": np.repeat(everyone, 2), "other": np.argsort(-of_each, axis=1)[:, :2].ravel(),
        "value": -np.sort(-of_each, axis=1)[:, :2].ravel()}
    with_itself = {name: np.append(column, {"one": 2, "other": 2, "value": 1.0}[name]) for name, column in right.items()}
    worse = np.argsort(-of_each, axis=1)[0, 2]
    for found, is_right in (
        (right, True), (with_itself, True),
        ({**right, "value": right["value"] + 1e-6 * (np.arange(8) == 3)}, False),
        ({**right, "other": np.where(np.arange(8) == 1, worse, right["other"])}, False),
        ({**right, "other": np.where(np.arange(8) == 1, worse, right["other"]),
          "value": np.where(np.arange(8) == 1, of_each[0, worse], right["value"])}, False),
        ({name: column[1:] for name, column in right.items()}, False),
    ):
        assert (max(agree.errors(found, everyone, exact, 2)) < 1e-9) == is_right


def test_ratios_are_to_the_first_peer_that_ran_and_a_restless_one_is_named():
    work = works.Work("item_cosine", "similar items", ("implicit", "similaripy"), {"1m": 2.5})
    scores = [measure.Score(who, [2.0, 3.0, 4.0], [1.0], [10**9]) for who in ("ours", "implicit", "similaripy")]
    scores[1] = measure.Score("implicit", skipped="implicit is not installed")
    scores[2].seconds = [1.0, 1.05, 0.98]
    found = measure.Measured(work, scores)
    assert (found.ratio, found.peer.who, found.is_quiet) == (3.0, "similaripy", True)
    assert "| **3.00** | 2.5 ✗ |" in report.table([found], "1m")
    scores[2].seconds = [1.0, 1.2, 0.98]
    assert "**3.00** (not quiet)" in report.table([found], "1m")
    assert "skipped: implicit is not installed" in report.table([found], "1m")

"""The benchmark's data are like what they stand for. How fast anything is, no test here judges."""

import json

import duckdb
import pytest
from benchmarks.generate import astray, data, marginals
from benchmarks.shapes import SHAPES, uneven


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
    assert astray(dict.fromkeys(("users", "items", "events", "pairs", "shortest_profile", "median_profile", "longest_profile", "top_item"), 1.0), SHAPES["1m"])["top_item"] == (1.0, 3_428)
    with pytest.raises(ValueError, match="cannot add up"):
        uneven(10, 1_000_000, 1, 5, 20, 2)

"""What holds of every published list, whatever the data: on MovieLens, and on tiny shops that hypothesis makes up."""

import datetime as dt
import math
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recsys import Project
from recsys.build import Builder
from recsys.engine import scratch
from recsys.library import bundled
from recsys.plan import make_plan
from recsys.sources import prepare, run_context

KEY = ["user_id", "list", "item_id"]
TABLES = ("recommendations", "recommendation_scores", "recommendation_reasons")
HAD = ("purchase", "rating")


def assert_sound(
    read: Callable[[str], pd.DataFrame], users: set[str], had: set[tuple[str, str]], product_of: dict[str, str],
    available: set[str], top_n: int = 10, reasons: int = 5,
) -> None:
    """What is published agrees with itself and with what may be shown.

    Args:
        users: who gets lists at all.
        had: user and product, bought or rated in any variant.
        product_of: {item: the product that it is a variant of, or itself}.
    """
    lists, scores, causes = (read(name) for name in TABLES)
    assert lists.notna()[["user_id", "list", "rank", "item_id", "item_name", "score", "source", "reason"]].all(axis=None)
    score = lists.set_index(KEY)["score"]
    assert score.index.is_unique
    for parts in (scores, causes):
        sums = parts.groupby(KEY)["contribution"].agg(math.fsum)
        assert set(sums.index) == set(score.index)
        np.testing.assert_allclose(sums.loc[score.index], score, rtol=0, atol=1e-9)
    for _, rows in causes.sort_values("reason_rank").groupby(KEY):
        assert list(rows["reason_rank"]) == list(range(1, len(rows) + 1))
        assert list(rows["source_kind"] == "other") == [rank > reasons for rank in rows["reason_rank"]]
    open_products = {product_of[item] for item in available}
    had_by, counts = defaultdict(set), defaultdict(int)
    for user, product in had:
        had_by[user].add(product)
    for (user, name), rows in lists.sort_values("rank").groupby(["user_id", "list"]):
        products = [product_of[item] for item in rows["item_id"]]
        counts[user, name] = len(rows)
        assert list(rows["rank"]) == list(range(1, len(rows) + 1))
        assert len(set(products)) == len(products), "a second variant"
        assert set(rows["item_id"]) <= available
        if name == "discover":
            assert not set(products) & had_by[user]
            places = {"personalized": 0, "segment": 1, "popular_fallback": 2}
        else:
            assert set(products) <= had_by[user]
            places = {"rhythm": 0}
        parts = [(source, list(part["score"])) for source, part in by_run(rows)]
        assert [places[source] for source, _ in parts] == sorted({places[source] for source, _ in parts})
        assert all(part == sorted(part, reverse=True) for _, part in parts)
        assert all(value > 0 for source, part in parts if source == "personalized" for value in part)
    assert {user for user, _ in counts} <= users
    for user in users:
        assert counts[user, "discover"] == min(top_n, len(open_products - had_by[user])), user
    assert_nothing_speaks_for_what_is_never_recommended(read)


def assert_nothing_speaks_for_what_is_never_recommended(read: Callable[[str], pd.DataFrame]) -> None:
    """Nor by it: bags and postage are no reasons and nothing's neighbours."""
    items, causes, similar = (read(name) for name in ("item_profiles", "recommendation_reasons", "similar_items"))
    never = set(items["item_id"][~items["is_recommendable"]])
    assert not never & set(causes["reason_id"][causes["source_kind"] == "item"])
    assert not never & {*similar["item_id"], *similar["other_item_id"]}


def by_run(rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    for source, places in groupby(range(len(rows)), key=lambda place: rows["source"].iloc[place]):
        yield source, rows.iloc[list(places)]


@pytest.mark.slow
def test_the_lists_of_movielens_are_sound(movielens, shared_data):
    ratings, movies = (pd.read_csv(shared_data / "ml-latest-small" / f"{name}.csv", dtype=str) for name in ("ratings", "movies"))
    items = set(movies["movieId"])
    assert_sound(Project(movielens).table, set(ratings["userId"]), set(zip(ratings["userId"], ratings["movieId"], strict=True)),
                 {item: item for item in items}, items)


def test_the_lists_of_the_handmade_data_are_sound(handmade):
    project = Project(handmade)
    items = project.table("item_profiles").set_index("item_id")
    product_of = items["parent_item_id"].fillna(items.index.to_series()).to_dict()
    with duckdb.connect(str(handmade / ".recsys" / "workspace.duckdb"), read_only=True) as con:
        had = con.execute("select distinct user_id, item_id from staging.interactions where fate = 'used' "
                          "and item_id is not null and list_contains(?, event_type)", [list(HAD)]).fetchall()
    assert_sound(project.table, set(project.table("user_profiles")["user_id"]),
                 {(user, product_of[item]) for user, item in had}, product_of, set(items.index[items["is_available"]]))


def test_bags_and_postage_on_each_order_change_no_list(tmp_path):
    """Who has nothing else in common is not alike; lists, reasons and neighbours are those of the shop without them."""
    rng, names = np.random.default_rng(5), [f"i{number:02d}" for number in range(30)]
    sold = [(f"u{user:02d}", item) for user in range(40) for item in rng.choice(names[user % 3::3], 4, replace=False)]
    goods = pd.DataFrame(sold, columns=["user", "item"])
    extras = pd.DataFrame([(user, extra) for user in sorted(set(goods["user"])) for extra in ("bag", "postage")], columns=["user", "item"])
    items = pd.DataFrame({"item": [*names, "bag", "postage"], "sells": [True] * len(names) + [False, False]})
    found = []
    for folder, rows in (("without", goods), ("with", pd.concat([extras, goods]))):
        columns = {"user_id": "user", "item_id": "item"}
        project = Project(tmp_path / folder, {
            "interactions": [{"name": "till", "from": rows, "columns": columns}],
            "items": [{"name": "items", "from": items, "columns": {"item_id": "item", "is_recommendable": "sells"}}],
        })
        project.refresh()
        assert_nothing_speaks_for_what_is_never_recommended(project.table)
        found.append({name: project.table(name) for name in (*TABLES, "similar_items", "similar_users")})
    assert len(found[0]["similar_items"]) > 100 and found[0]["recommendations"]["source"].eq("personalized").any()
    for name, table in found[0].items():
        pd.testing.assert_frame_equal(found[1][name], table, check_exact=True)


# --- tiny shops ---

def words(*texts: str) -> st.SearchStrategy:
    return st.sampled_from([*texts, None])


@st.composite
def shops(draw) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, dict]:
    """Return events, items, users and parameters."""
    item_ids, user_ids = ([f"{letter}{number}" for number in range(draw(st.integers(1, most)))] for letter, most in (("i", 9), ("u", 7)))
    event = st.fixed_dictionaries({
        "user": st.sampled_from([*user_ids, "new", None]), "item": st.sampled_from([*item_ids, "other"]),
        "type": st.sampled_from(["purchase", "rating", "view_item", "add_to_cart"]),
        "stars": st.sampled_from([0.0, 0.5, 1.0, 3.0, 5.0, 100.0]), "day": st.integers(0, 60),
    })
    item = st.fixed_dictionaries({
        "parent": st.sampled_from([None, None, "P", *item_ids]), "recommended": st.sampled_from([True, True, False]),
        "stock": st.sampled_from([None, 0, 3]), "category": words("A", "B"), "tags": words("x", "x|y", "y|z"),
        "text": words("red tea", "green tea", "tea"),
    })
    user = st.fixed_dictionaries({"group": words("young", "old"), "staff": st.sampled_from([False, False, True])})
    rows = draw(st.lists(event, min_size=1, max_size=40))
    described = [{"item": name} | draw(item) for name in item_ids]
    known = [{"user": name} | draw(user) for name in user_ids if draw(st.booleans())]
    changed = draw(st.fixed_dictionaries({
        "recommendation.top_n": st.integers(1, 4), "recommendation.reasons": st.integers(0, 3),
        "recommendation.min_group_users": st.integers(1, 3), "recommendation.normalise": st.booleans(),
        "recommendation.tile_scores": st.sampled_from([1, 20, 4_000_000]), "similarity.min_common": st.integers(1, 2),
        "similarity.neighbours": st.integers(1, 4), "score.tastes": st.integers(1, 4),
        "score.weight_popularity": st.sampled_from([0.0, 0.5]), "score.weight_content": st.sampled_from([0.0, 2.0]),
        "profile.popularity_half_life_days": st.sampled_from([0.0, 1.0]), "profile.rhythm_min_buyers": st.integers(1, 2),
    }))
    frames = [pd.DataFrame(found) for found in (rows, described, known or [{"user": "u0", "group": None, "staff": False}])]
    return *frames, changed


@contextmanager
def built(events: pd.DataFrame, items: pd.DataFrame, users: pd.DataFrame, changed: dict) -> Iterator[duckdb.DuckDBPyConnection]:
    """Everything a refresh would build and check, in memory."""
    day = "timestamp '2024-03-01' + interval (day) day"
    source = {"name": "shop", "from": events, "columns": {
        "user_id": "user", "item_id": "item", "event_type": "type", "occurred_at": day,
        "rating": "case when type = 'rating' then stars end"}}
    config = {"interactions": [source]}
    names = {"item_id": "item", "parent_item_id": "parent", "is_recommendable": "recommended", "stock_count": "stock"}
    config["items"] = [{"name": "items", "from": items, "columns": names | {name: name for name in ("category", "tags", "text")}}]
    config["users"] = [{"name": "users", "from": users, "columns": {"user_id": "user", "is_excluded": "staff", "group": "group"}}]
    with TemporaryDirectory() as folder:
        project = Project(Path(folder), config, changed)
        with scratch(project.library, project.config) as (con, temp):
            inputs = prepare(con, project.config, project.params, temp)
            plan = make_plan(project.library, project.params, run_context(inputs, project.config, 1, dt.datetime(2025, 1, 1)))
            builder = Builder(con, comment=False)  # which checks that every double is finite, every grain unique, every share a share
            for node in plan.nodes.values():
                builder.build(node)
            yield con


@pytest.mark.slow
@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(shops())
def test_the_lists_of_any_shop_are_sound(shop):
    events, items, users, changed = shop
    with built(*shop) as con:
        def read(name: str) -> pd.DataFrame:
            return con.sql(f"from mart.{name}").df()

        product_of = dict(zip(items["item"], items["parent"].fillna(items["item"]), strict=True))
        product_of |= {item: item for item in set(events["item"]) - set(product_of)}
        can = items["recommended"].astype(bool) & ~(items["stock"] == 0)
        available = set(product_of) - set(items["item"][~can])
        took = events[events["user"].notna() & events["type"].isin(HAD)]
        had = {(user, product_of[item]) for user, item in zip(took["user"], took["item"], strict=True)}
        people = ({*events["user"].dropna(), *users["user"]}) - set(users["user"][users["staff"].astype(bool)])
        assert_sound(read, people, had, product_of, available, changed["recommendation.top_n"], changed["recommendation.reasons"])
        doubles = con.sql("select table_schema, table_name, column_name from information_schema.columns where data_type = 'DOUBLE'")
        for schema, table, column in doubles.fetchall():
            found = con.sql(f'select count(*) from {schema}."{table}" where not isfinite("{column}")').fetchall()[0][0]
            assert not found, f"{schema}.{table}.{column}"


def test_tiles_and_threads_change_nothing(tmp_path, handmade):
    """Users one by one on one thread are users all together on several, bit for bit."""
    folder = shutil.copytree(bundled("data") / "handmade", tmp_path / "one by one")
    Project(folder, settings={"recommendation.tile_scores": 1, "similarity.tile_pair_rows": 1}).refresh(threads=1)
    for name in TABLES:
        pd.testing.assert_frame_equal(Project(folder).table(name), Project(handmade).table(name), check_exact=True)

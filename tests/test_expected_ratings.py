"""Expected ratings against numpy, as their papers write them, on random ratings; and what they cost where there are none."""

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from numpy_recommender import World, nearest, on_grid
from test_oracle import random_ratings, ratings_project

from recsys import Project, RecsysError
from recsys.plan import make_node

NEIGHBOURS, TOLERANCE = 25, 1e-9


def baselines(given: np.ndarray, passes: int, user_ridge: float, item_ridge: float) -> tuple[np.ndarray, np.ndarray]:
    """Koren's baselines of users and items in turns; nan is not rated."""
    above = given - np.nanmean(given)
    users, items = np.zeros(len(given)), np.zeros(given.shape[1])
    for _ in range(passes):
        items = np.nansum(above - users[:, None], axis=0) / ((~np.isnan(given)).sum(axis=0) + item_ridge)
        users = np.nansum(above - items, axis=1) / ((~np.isnan(given)).sum(axis=1) + user_ridge)
    return users, items


def voice(near: np.ndarray, deviations: np.ndarray, k: int, prior: float) -> np.ndarray:
    """What the k most similar neighbours that have rated say of each entity (row) and what is shared (column); nan: nothing."""
    found = np.full(deviations.shape, np.nan)
    for (row, column) in np.ndindex(*deviations.shape):
        weights = np.where(np.isnan(deviations[:, column]), 0, near[row])
        asked = np.lexsort((np.arange(len(weights)), -weights))[:k]
        if weights[asked].sum() > 0:
            found[row, column] = weights[asked] @ np.nan_to_num(deviations[asked, column]) / (weights[asked].sum() + prior)
    return found


def numpy_expected(world: World, measure: str, centre: str, ways: dict[str, float], k: int, prior: float) -> np.ndarray:
    given = np.where(world.strength.toarray() > 0, world.strength.toarray(), np.nan)
    mean, none = np.nanmean(given), (np.zeros(given.shape[0]), np.zeros(given.shape[1]))
    users, items = {
        "none": lambda: none,
        "user": lambda: (np.nanmean(given, axis=1) - mean, none[1]),
        "item": lambda: (none[0], np.nanmean(given, axis=0) - mean),
        "baseline": lambda: baselines(given, 10, 15, 10),
    }[centre]()
    usual = mean + users[:, None] + items
    deviations = given - usual
    voices = {
        "user_neighbours": lambda: voice(nearest(world.strength, NEIGHBOURS, 2, measure).toarray(), deviations, k, prior),
        "item_neighbours": lambda: voice(nearest(world.strength.T, NEIGHBOURS, 2, measure).toarray(), deviations.T, k, prior).T,
    }
    said = np.stack([voices[way]() for way in ways])
    weights = np.where(np.isnan(said), 0, np.array(list(ways.values()))[:, None, None])
    told = (weights * np.nan_to_num(said)).sum(axis=0) / np.where(weights.sum(axis=0) > 0, weights.sum(axis=0), 1)
    return np.clip(usual + told, np.nanmin(given), np.nanmax(given))


@pytest.mark.parametrize(("seed", "measure", "centre", "ways", "k", "prior"), [
    (1, "cosine", "baseline", {"user_neighbours": 1, "item_neighbours": 1}, 40, 1),
    (2, "pearson", "user", {"user_neighbours": 1}, 5, 0),
    (3, "cosine", "item", {"item_neighbours": 1}, 3, 0),
    (4, "jaccard", "none", {"user_neighbours": 2, "item_neighbours": 1}, 7, 0.3),
])
def test_expected_ratings_are_numpys(tmp_path, seed, measure, centre, ways, k, prior):
    ratings = random_ratings(seed)
    weights = {f"rating__weight_{way}": float(ways.get(way, 0)) for way in ("user_neighbours", "item_neighbours")}
    project = ratings_project(
        tmp_path, ratings, similarity__neighbours=NEIGHBOURS, rating__measure=measure, rating__centre=centre, rating__neighbours=k,
        rating__prior=prior, recommendation__top_n=60, **weights, **{f"similarity__weight_{measure}": 1.0})
    world, found = World(ratings), project.table("recommendations")
    wanted = numpy_expected(world, measure, centre, ways, k, prior)
    places = found["user_id"].map(world.user_no), found["item_id"].map(world.item_no)
    assert len(found) > 1500
    np.testing.assert_allclose(found["expected_rating"], wanted[places], rtol=0, atol=TOLERANCE)


def test_baselines_are_numpys(tmp_path):
    ratings = random_ratings(5)
    ratings_project(tmp_path, ratings, profile__baseline_passes=4, profile__baseline_user_ridge=3, profile__baseline_item_ridge=0.5)
    world = World(ratings)
    given = np.where(world.strength.toarray() > 0, world.strength.toarray(), np.nan)
    with workspace(tmp_path) as con:
        for side, wanted in zip(("user", "item"), baselines(given, 4, 3, 0.5), strict=True):
            found = con.execute("select entity_no, baseline from profile.rating_baselines where side = ? order by entity_no", [side]).df()
            np.testing.assert_allclose(found["baseline"], wanted[found["entity_no"] - 1], rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("side", ["user", "item"])
def test_pearson_about_baselines_is_numpys(tmp_path, side):
    ratings = random_ratings(10, share=0.4)
    project = ratings_project(tmp_path, ratings, similarity__weight_pearson_baseline=1.0, similarity__neighbours=100, similarity__baseline_shrinkage=7)
    world = World(ratings)
    given = np.where(world.strength.toarray() > 0, world.strength.toarray(), np.nan)
    users, items = baselines(given, 10, 15, 10)
    left = on_grid(given - np.nanmean(given) - users[:, None] - items)
    left, number = (left, world.user_no) if side == "user" else (left.T, world.item_no)
    wanted = np.zeros((len(left), len(left)))
    for one, other in np.ndindex(*wanted.shape):
        both = ~np.isnan(left[one]) & ~np.isnan(left[other])
        if one != other and both.sum() > 1:
            x, y = left[one, both], left[other, both]
            wanted[one, other] = x @ y / (np.linalg.norm(x) * np.linalg.norm(y)) * (both.sum() - 1) / (both.sum() - 1 + 7)
    found = project.table(f"similar_{side}s").query("measure == 'pearson_baseline'")
    places = found[f"{side}_id"].map(number), found[f"other_{side}_id"].map(number)
    np.testing.assert_allclose(found["similarity"], wanted[places], rtol=0, atol=TOLERANCE)
    assert len(found) == (wanted > 1e-9).sum() > 500


def workspace(folder: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(folder / ".recsys" / "workspace.duckdb"), read_only=True)


def test_without_ratings_no_neighbour_is_asked_and_nothing_is_expected(tmp_path):
    source = {"name": "shop", "from": random_ratings(6), "columns": {"user_id": "user", "item_id": "item"}, "constants": {"event_type": "purchase"}}
    project = Project(tmp_path, {"interactions": [source]}, {"rating.centre": "user"})
    project.refresh()
    assert project.table("recommendations")["expected_rating"].isna().all()
    with workspace(tmp_path) as con:
        built = con.sql("select table_name, row_count from meta.models where table_name like '%rating%'").fetchall()
    assert built and not any(count for _, count in built)
    assert not {name for name, _ in built} & {"rating.user_neighbours", "rating.item_neighbours", "rating.deviations"}


def test_likeness_is_not_computed_for_expected_ratings_that_ask_nobody(tmp_path):
    """Baselines alone are expected then."""
    ratings = random_ratings(7)
    source = {"name": "ratings", "from": ratings, "columns": {"user_id": "user", "item_id": "item", "rating": "rating"}}
    settings = {"score.weight_item_neighbours": 0.0, "score.weight_user_neighbours": 0.0, "score.weight_random_walk": 1.0,
                "rating.weight_item_neighbours": 0.0, "rating.weight_user_neighbours": 0.0}
    project = Project(tmp_path, {"interactions": [source]}, settings)
    project.refresh(select=["mart.recommendations"])
    with workspace(tmp_path) as con:
        built = {name for (name,) in con.sql("select schema_name || '.' || table_name from duckdb_tables()").fetchall()}
        found = con.sql("select expected_rating from mart.recommendations").df()["expected_rating"]
    assert "score.walk_votes" in built and not any(name.startswith("similarity.") for name in built)
    assert found.between(ratings["rating"].min(), ratings["rating"].max()).all() and found.nunique() > 100


def test_expected_ratings_do_not_depend_on_the_number_of_threads(tmp_path):
    found = []
    for threads in (1, 4):
        source = {"name": "ratings", "from": random_ratings(8), "columns": {"user_id": "user", "item_id": "item", "rating": "rating"}}
        project = Project(tmp_path / str(threads), {"interactions": [source]})
        project.refresh(threads=threads)
        found.append(project.table("recommendations")[["user_id", "item_id", "expected_rating"]])
    pd.testing.assert_frame_equal(*found, check_exact=True)


@pytest.mark.parametrize(("settings", "told"), [
    ({"rating.centre": "users"}, "rating.centre is baseline, user, item or none, not 'users'. Did you mean 'user'"),
    ({"rating.measure": "pearsen"}, "rating.measure: there is no measure called 'pearsen'. Did you mean 'pearson'"),
    ({"rating.measure": "pearson"}, "set similarity.weight_pearson = 1 as well"),
])
def test_what_cannot_be_asked_is_said(tmp_path, settings, told):
    source = {"name": "ratings", "from": random_ratings(9), "columns": {"user_id": "user", "item_id": "item", "rating": "rating"}}
    with pytest.raises(RecsysError, match=told):
        Project(tmp_path, {"interactions": [source]}, settings)


# --- their evaluation ---


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """A project of ratings with a grain of order in them, and its evaluation by a random split."""
    ratings = pd.concat([random_ratings(seed).assign(user=lambda frame, seed=seed: frame["user"] + f"-{seed}") for seed in range(3)])
    camps, sorts = ratings["user"].str[1:4].astype(int) % 2, ratings["item"].str[1:].astype(int) % 2
    ratings["rating"] = (ratings["rating"] / 2 + 2.5 * (camps == sorts)).clip(0.5, 5)
    source = {"name": "films", "from": ratings.reset_index(drop=True), "columns": {"user_id": "user", "item_id": "item", "rating": "rating"}}
    project = Project(tmp_path_factory.mktemp("judged"), {"interactions": [source]})
    project.refresh()
    return project, project.evaluate(split="random")


def test_expected_ratings_that_know_more_than_the_items_mean_are_called_better(judged):
    project, found = judged
    card = found.scorecard.set_index(["slice_kind", "metric"]).loc["all"]
    assert (card.loc[["mae", "rmse"], "verdict"] == "better").all()
    assert card.loc["mae", "metric_value"] < card.loc["rmse", "metric_value"]
    assert any(f"off by {card.loc['mae', 'metric_value']:.2f}".rstrip("0") in sentence for sentence in found.findings)
    assert {"mae", "rmse"} <= set(project.table("model_scorecard")["metric"])
    assert {"activity", "all"} <= set(found.scorecard.loc[found.scorecard["metric"] == "rmse", "slice_kind"])


def test_a_scorer_alone_is_not_judged_by_expected_ratings(judged):
    project, _ = judged
    assert not {"mae", "rmse"} & set(project.evaluate(split="random", model="popularity").scorecard["metric"])


def test_errors_and_their_intervals_are_those_of_a_sampling_of_users(library):
    """The figures are numpy's; the intervals about those of 2,000 draws of users with their ratings."""
    rng = np.random.default_rng(12)
    errors = pd.DataFrame({"user_no": rng.integers(1, 301, 5000)})
    errors["source_row"], errors["source"] = range(len(errors)), "web"
    errors["own_error"] = rng.normal(0, 0.5 + rng.random(301)[errors["user_no"]])
    errors["mean_error"] = errors["own_error"] * 1.02 + rng.normal(0, 0.3, len(errors))
    with duckdb.connect() as con:
        con.execute(library.macros("duckdb.sql"))
        con.execute("create schema evaluation; create table evaluation.rating_errors as from errors")
        con.execute("create table evaluation.user_slices (slice_kind varchar, slice varchar, user_no bigint)")
        for name in ("rating_sums", "rating_metrics"):
            con.execute(f"create table evaluation.{name} as {make_node(library, library[f'evaluation.{name}'], library.params(), {}).sql}")
        found = con.sql("from evaluation.rating_metrics").df().set_index("metric")
    groups = [group[["own_error", "mean_error"]].to_numpy() for _, group in errors.groupby("user_no")]
    figure = {"mae": lambda sizes: np.abs(sizes).mean(axis=0), "rmse": lambda sizes: np.sqrt((sizes**2).mean(axis=0))}
    for metric, reckoned in figure.items():
        row = found.loc[metric]
        own, plain = reckoned(np.concatenate(groups))
        np.testing.assert_allclose(row[["metric_value", "bestseller_value", "difference"]].astype(float), [own, plain, own - plain], atol=1e-9)
        draws = np.array([reckoned(np.concatenate([groups[place] for place in rng.integers(0, len(groups), len(groups))])) for _ in range(2000)])
        for width, drawn in ((row["metric_high"] - own, draws[:, 0]), (row["difference_high"] - (own - plain), draws[:, 0] - draws[:, 1])):
            assert width == pytest.approx(1.96 * drawn.std(), rel=0.1)
        assert row["judged_count"] == len(groups)

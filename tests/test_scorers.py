"""The scorers that learn from who has what against numpy, as their papers write them, on random purchases."""

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from numpy_recommender import TOLERANCE, World, nearest, on_grid, votes
from test_oracle import built, described, random_items, random_ratings

from recsys import Project


def world_of(events: pd.DataFrame) -> World:
    return World(events.assign(rating=1.0))


def refreshed(folder: Path, events: pd.DataFrame, scorer: str, **settings) -> None:
    """Build what one scorer alone says; ``settings`` are those of score."""
    names = ["item_neighbours", "user_neighbours", "content", scorer]
    weights = {f"score.weight_{name}": float(name == scorer) for name in names}
    names = {"user_id": "user", "item_id": "item", "event_type": "type", "occurred_at": "day"}
    events = events if "type" in events else events.assign(type="purchase")
    source = {"name": "shop", "from": events, "columns": {name: column for name, column in names.items() if column in events}}
    given = {key if "." in key else f"score.{key}": value for key, value in settings.items()}
    Project(folder, {"interactions": [source]}, weights | given).refresh(select=["mart.recommendations"])


def purchases(seed: int) -> pd.DataFrame:
    """Who bought what, some people a lot and some things often."""
    rng, ratings = np.random.default_rng(seed), random_ratings(seed, share=0.35)
    numbers = ratings["user"].str[1:].astype(int) + ratings["item"].str[1:].astype(int)
    return ratings.loc[rng.random(len(ratings)) < 20 / (20 + numbers), ["user", "item"]].reset_index(drop=True)


def largest(weights: np.ndarray, k: int) -> np.ndarray:
    """Of each row the k largest weights, of equals those of smaller columns; the others 0."""
    kept = np.zeros(weights.shape)
    for row, values in enumerate(weights):
        best = np.lexsort((np.arange(len(values)), -values))[:k]
        kept[row, best] = values[best]
    return kept


def numpy_walk(had: np.ndarray, alpha: float, beta: float, k: int) -> np.ndarray:
    """W[j, i] = d_i^-beta * sum over u of (1/d_j)^alpha (1/d_u)^alpha, cut, brought to one, cut; the scores had @ W."""
    chance = np.floor(had.sum(axis=1, keepdims=True) ** -alpha * 2**33 + 0.5) / 2**33
    holders = had.sum(axis=0)
    weights = (had.T @ (chance * had)) * holders**-beta * (holders**-alpha)[:, None]
    np.fill_diagonal(weights, 0)
    weights = largest(weights, k)
    weights = np.floor(weights / weights.sum(axis=1, keepdims=True) * 2**33 + 0.5) / 2**33
    return had @ largest(weights.T, k).T


@pytest.mark.parametrize(("seed", "alpha", "beta", "k"), [(1, 0.5, 0.66, 324), (2, 1.4, 0.3, 7), (3, 1.0, 0.0, 5)])
def test_the_random_walk_is_numpys(tmp_path, seed, alpha, beta, k):
    events = purchases(seed)
    refreshed(tmp_path, events, "random_walk", walk_alpha=alpha, walk_beta=beta, walk_neighbours=k, strip_pairs=200)
    world = world_of(events)
    found, count = built(tmp_path, world, "random_walk")
    assert count > 500
    np.testing.assert_allclose(found, numpy_walk(world.strength.toarray(), alpha, beta, k), rtol=0, atol=TOLERANCE)


def test_the_reverse_user_neighbours_by_a_measure_of_their_own_are_numpys(tmp_path):
    """Whoever has her among her nearest speaks for her; the items' neighbours go by another measure."""
    events = purchases(4)
    refreshed(tmp_path, events, "user_neighbours", user_reverse=True, user_measure="jaccard", user_neighbours=6, **{"similarity.weight_jaccard": 1.0})
    world = world_of(events)
    found, count = built(tmp_path, world, "user_neighbours")
    assert count > 500
    near = nearest(world.strength, 6, 2, "jaccard")
    np.testing.assert_allclose(found, votes(near.T, world.strength.T), rtol=0, atol=TOLERANCE)
    assert np.abs(found - votes(near, world.strength.T)).max() > 0.1


def numpy_competition(had: np.ndarray, k: int, passes: int, asymmetry: float, ridge: float, power: float, shrinkage: float) -> np.ndarray:
    """Multiplicative updates of sparse item weights on a support of the k most alike; the scores had @ weights."""
    rarity = on_grid(np.log(had.shape[1] / (1 + had.sum(axis=1, keepdims=True))))
    both, told = had.T @ had, had.T @ (rarity**2 * had)
    own = np.diag(told)
    alike = np.round(told / (own[:, None] ** asymmetry * own**(1 - asymmetry) + shrinkage), 9)
    np.fill_diagonal(alike, 0)
    weights = (largest(alike.T, k).T > 0) / k
    for _ in range(passes):
        said = both @ weights + ridge * weights
        exact = np.where(weights > 0, weights * (both / np.where(weights > 0, said, 1)) ** power, 0)
        weights = np.floor(exact * 2**33 + 0.5) / 2**33
    return had @ weights


@pytest.mark.parametrize(
    ("seed", "k", "passes", "asymmetry", "ridge", "power"), [(5, 5, 1, 0.8, 200, 1), (6, 8, 5, 0.7, 20, 1.5), (7, 30, 3, 0.5, 0, 1)])
def test_competitive_co_occurrence_is_numpys(tmp_path, seed, k, passes, asymmetry, ridge, power):
    events = purchases(seed)
    settings = {"neighbours": k, "passes": passes, "asymmetry": asymmetry, "ridge": ridge, "power": power, "shrinkage": 3}
    refreshed(tmp_path, events, "co_occurrence", strip_pairs=200, **{f"co_{name}": value for name, value in settings.items()})
    world = world_of(events)
    found, count = built(tmp_path, world, "co_occurrence")
    assert count > 500
    wanted = numpy_competition(world.strength.toarray(), k, passes, asymmetry, ridge, power, 3)
    assert wanted.max() > 0.01
    np.testing.assert_allclose(found, wanted, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("half_life", [0, 37.7])
def test_sar_is_numpys(tmp_path, half_life):
    """Jaccard between items times ratings and events that fade."""
    rng, pairs = np.random.default_rng(8), purchases(8)
    events = pairs.iloc[rng.integers(0, len(pairs), 2 * len(pairs))].reset_index(drop=True)
    events["type"] = rng.choice(["purchase", "view_item"], len(events))
    events["day"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 200, len(events)), unit="D")
    refreshed(tmp_path, events, "sar", sar_measure="jaccard", sar_half_life_days=half_life,
              **{"similarity.weight_jaccard": 1.0, "similarity.min_common": 1})
    world = world_of(events.drop_duplicates(["user", "item"]))
    found, count = built(tmp_path, world, "sar")
    assert count > 500
    age = (events["day"].max() - events["day"]).dt.days
    weight = np.round(events["type"].map({"purchase": 1, "view_item": 0.2}) * (0.5 ** (age / half_life) if half_life else 1), 9)
    affinity = np.zeros(world.strength.shape)
    np.add.at(affinity, (events["user"].map(world.user_no), events["item"].map(world.item_no)), weight)
    had = world.strength.toarray() > 0
    both = had.T.astype(float) @ had
    likeness = np.round(both / (had.sum(axis=0)[:, None] + had.sum(axis=0) - both), 9)
    np.fill_diagonal(likeness, 0)
    # a product that lies halfway between two decimals of nine places may fall either way
    np.testing.assert_allclose(found, votes(affinity, likeness), rtol=0, atol=TOLERANCE)


def test_recent_popularity_is_numpys(tmp_path):
    rng, events = np.random.default_rng(9), purchases(9)
    events["day"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 200, len(events)), unit="D")
    refreshed(tmp_path, events, "recent_popularity", recent_days=30)
    world = world_of(events)
    found, _ = built(tmp_path, world, "recent_popularity")
    latest = events[events["day"] >= events["day"].max() - pd.Timedelta(days=30)]
    counts = latest.groupby("item")["user"].nunique() / latest["user"].nunique()
    np.testing.assert_allclose(found, np.tile(counts.reindex(world.items["item"]).fillna(0), (len(world.users), 1)), rtol=0, atol=TOLERANCE)


def test_items_are_alike_by_users_and_features_together(tmp_path):
    """The cosine of the two vectors one behind the other; what nobody has is alike by its features."""
    events, items = purchases(10), random_items(10)
    items["is_available"], items["parent"] = True, None
    source = {"name": "shop", "from": events, "columns": {"user_id": "user", "item_id": "item"}, "constants": {"event_type": "purchase"}}
    project = Project(tmp_path, {"interactions": [source], "items": [described(items)]}, {"similarity.item_features": 0.75})
    project.refresh()
    found, world = project.table("similar_items"), World(events.assign(rating=1.0), items)
    vectors = np.hstack([world.strength.toarray().T, on_grid(world.features().toarray() * 0.75)])
    length = np.linalg.norm(vectors, axis=1)
    cosines = vectors @ vectors.T / np.outer(length, length)
    mine, others = (found[name].map(world.item_no).to_numpy() for name in ("item_id", "other_item_id"))
    np.testing.assert_allclose(found["similarity"], cosines[mine, others], rtol=0, atol=TOLERANCE)
    assert set(items["item"]) - set(events["item"]) & set(found["item_id"])


def test_scores_do_not_depend_on_the_number_of_threads(tmp_path):
    events, found = purchases(11), []
    names = ("random_walk", "co_occurrence", "sar", "recent_popularity")
    weights = {f"score.weight_{name}": 1.0 for name in names} | {"score.co_passes": 4, "score.co_power": 1.5, "score.strip_pairs": 200}
    source = {"name": "shop", "from": events, "columns": {"user_id": "user", "item_id": "item"}, "constants": {"event_type": "purchase"}}
    for threads in (1, 4):
        Project(tmp_path / str(threads), {"interactions": [source]}, weights).refresh(select=["mart.recommendations"], threads=threads)
        with duckdb.connect(str(tmp_path / str(threads) / ".recsys" / "workspace.duckdb"), read_only=True) as con:
            found.append(con.execute("select scorer, user_no, item_no, sum(contribution) from score.contributions where scorer in (select unnest(?)) group by all order by all", [list(names)]).fetchall())
    assert len(found[0]) > 4000 and found[0] == found[1]

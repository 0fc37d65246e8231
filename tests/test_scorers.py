"""The scorers that learn from who has what against numpy, as their papers write them, on random purchases."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy_recommender import TOLERANCE, World, nearest, on_grid, votes
from test_oracle import built, random_ratings

from recsys import Project


def world_of(events: pd.DataFrame) -> World:
    return World(events.assign(rating=1.0))


def refreshed(folder: Path, events: pd.DataFrame, scorer: str, **settings) -> None:
    """Build what one scorer alone says; ``settings`` are those of score."""
    names = ["item_neighbours", "user_neighbours", "content", scorer]
    weights = {f"score.weight_{name}": float(name == scorer) for name in names}
    source = {"name": "shop", "from": events, "columns": {"user_id": "user", "item_id": "item"}, "constants": {"event_type": "purchase"}}
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
    chance = np.floor(had.sum(axis=1, keepdims=True) ** -alpha * 2**32 + 0.5) / 2**32
    holders = had.sum(axis=0)
    weights = (had.T @ (chance * had)) * holders**-beta * (holders**-alpha)[:, None]
    np.fill_diagonal(weights, 0)
    weights = largest(weights, k)
    weights = np.round(weights / weights.sum(axis=1, keepdims=True), 9)
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
        weights = np.floor(exact * 2**32 + 0.5) / 2**32
    return had @ np.round(exact, 9)


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

"""The similarity kernel and the item-neighbour scores against scipy, on random and on real data."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from recsys import Project

TOLERANCE = 1e-9


def ratings_project(folder: Path, ratings: pd.DataFrame, **settings) -> Project:
    config = {
        "interactions": [
            {"name": "ratings", "from": ratings, "columns": {"user_id": "user", "item_id": "item", "rating": "rating"}}
        ],
    }
    project = Project(folder, config, {f"similarity.{key}": value for key, value in settings.items()})
    project.refresh()
    return project


def random_ratings(seed: int, users: int = 60, items: int = 40, share: float = 0.2) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    filled = np.argwhere(rng.random((users, items)) < share)
    return pd.DataFrame(
        {
            "user": [f"u{user:03d}" for user, _ in filled],
            "item": [f"i{item:03d}" for _, item in filled],
            "rating": rng.integers(1, 11, len(filled)) / 2,
        }
    )


def cosines(ratings: pd.DataFrame, entity: str, shared: str) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return (ids, cosine matrix, common counts) as scipy has them."""
    ids = pd.Categorical(ratings[entity])
    others = pd.Categorical(ratings[shared])
    matrix = sparse.csr_array((ratings["rating"], (ids.codes, others.codes)))
    norms = np.sqrt((matrix * matrix).sum(axis=1))
    dots = (matrix @ matrix.T).toarray()
    ones = (matrix > 0).astype(int)
    return list(ids.categories), dots / np.outer(norms, norms), (ones @ ones.T).toarray()


def assert_equal_to_scipy(found: pd.DataFrame, ratings: pd.DataFrame, entity: str, shared: str, k: int, least: int) -> None:
    ids, similarity, common = cosines(ratings, entity, shared)
    position = {name: number for number, name in enumerate(ids)}
    mine = found[f"{entity}_id"].map(position).to_numpy()
    theirs = found[f"other_{entity}_id"].map(position).to_numpy()
    np.testing.assert_allclose(found["similarity"], similarity[mine, theirs], rtol=0, atol=TOLERANCE)
    np.testing.assert_array_equal(found["common_count"], common[mine, theirs])
    eligible = (common >= least) & ~np.eye(len(ids), dtype=bool)
    for number, rows in found.groupby(mine):
        best = np.sort(similarity[number][eligible[number]])[::-1][:k]
        np.testing.assert_allclose(rows.sort_values("rank")["similarity"], best, rtol=0, atol=TOLERANCE)
    assert set(mine) == {number for number in range(len(ids)) if eligible[number].any()}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_cosine_neighbours_of_random_ratings_in_many_tiles_equal_scipys(tmp_path, seed):
    ratings = random_ratings(seed)
    project = ratings_project(tmp_path, ratings, neighbours=7, min_common=2, tile_pair_rows=500)
    for entity, shared in (("item", "user"), ("user", "item")):
        assert_equal_to_scipy(project.table(f"similar_{entity}s"), ratings, entity, shared, 7, 2)


@pytest.mark.parametrize(("entity", "shared"), [("item", "user"), ("user", "item")])
def test_cosine_neighbours_of_movielens_equal_scipys(movielens_project, shared_data, entity, shared):
    ratings = pd.read_csv(shared_data / "ml-latest-small" / "ratings.csv", dtype={"userId": str, "movieId": str})
    ratings = ratings.rename(columns={"userId": "user", "movieId": "item"})
    found = movielens_project.table(f"similar_{entity}s")
    assert len(found) > 10_000
    assert_equal_to_scipy(found, ratings, entity, shared, 50, 2)


@pytest.fixture(scope="module")
def movielens_project(shared_data, tmp_path_factory) -> Project:
    ratings = pd.read_csv(shared_data / "ml-latest-small" / "ratings.csv", dtype={"userId": str, "movieId": str})
    ratings = ratings.rename(columns={"userId": "user", "movieId": "item"})
    return ratings_project(tmp_path_factory.mktemp("movielens"), ratings)


def test_item_neighbour_scores_equal_numpys_and_reasons_add_up(tmp_path):
    ratings = random_ratings(4)
    project = ratings_project(tmp_path, ratings, neighbours=10, min_common=2)
    ids, similarity, common = cosines(ratings, "item", "user")
    similarity = np.where((common >= 2) & ~np.eye(len(ids), dtype=bool), similarity, 0).round(9)
    kept = np.zeros_like(similarity)
    neighbours = project.table("similar_items")
    position = {name: number for number, name in enumerate(ids)}
    for row in neighbours.itertuples():
        kept[position[row.item_id], position[row.other_item_id]] = similarity[position[row.item_id], position[row.other_item_id]]
    users = pd.Categorical(ratings["user"])
    strength = sparse.csr_array((ratings["rating"], (users.codes, pd.Categorical(ratings["item"]).codes))).toarray()
    scores = strength @ kept.T
    scores[strength > 0] = 0
    found = project.table("recommendations")
    personal = found[found["source"] == "personalized"]
    expected = [scores[list(users.categories).index(row.user_id), position[row.item_id]] for row in personal.itertuples()]
    np.testing.assert_allclose(personal["score"], expected, rtol=0, atol=1e-7)  # contributions carry nine decimals
    for number, user in enumerate(users.categories):
        mine = personal[personal["user_id"] == user].sort_values("rank")["score"]
        np.testing.assert_allclose(mine, np.sort(scores[number])[::-1][: len(mine)], rtol=0, atol=1e-7)
    reasons = project.table("recommendation_reasons").groupby(["user_id", "item_id"])["contribution"].sum()
    by_pair = personal.set_index(["user_id", "item_id"])["score"]
    np.testing.assert_allclose(reasons.loc[by_pair.index], by_pair, rtol=0, atol=TOLERANCE)

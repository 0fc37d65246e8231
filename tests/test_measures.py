"""Every similarity measure against numpy, on both axes, on random and on real ratings."""

from collections.abc import Iterable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from recsys import Project

TOLERANCE = 1e-9  # similarities are published with nine decimals, so that half of the last one is allowed for
SIDES = [("item", "user"), ("user", "item")]


def cosine(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return x @ y.T / np.outer(np.linalg.norm(x, axis=1), np.linalg.norm(y, axis=1))


def jaccard(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    both = (x > 0).astype(float) @ (y > 0).T
    return both / ((x > 0).sum(axis=1)[:, None] + (y > 0).sum(axis=1)[None, :] - both)


def pearson(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Over the co-rated entries, by numpy.corrcoef pair by pair; 0 where one side is constant."""
    result = np.zeros((len(x), len(y)))
    for i, mine in enumerate(x):
        for j, theirs in enumerate(y):
            shared = (mine > 0) & (theirs > 0)
            if shared.sum() > 1 and np.ptp(mine[shared]) > 0 and np.ptp(theirs[shared]) > 0:
                result[i, j] = np.corrcoef(mine[shared], theirs[shared])[0, 1]
    return result


def sizes(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What both have, and what each has."""
    return (x > 0).astype(float) @ (y > 0).T, (x > 0).sum(axis=1)[:, None], (y > 0).sum(axis=1)[None, :]


def dice(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    both, mine, theirs = sizes(x, y)
    return 2 * both / (mine + theirs)


def tversky(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    both, mine, theirs = sizes(x, y)
    return both / (both + 0.3 * (mine - both) + 1.5 * (theirs - both))


def lift(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    both, mine, theirs = sizes(x, y)
    return both / (mine * theirs)


def asymmetric_cosine(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    mine, theirs = (x * x).sum(axis=1)[:, None], (y * y).sum(axis=1)[None, :]
    return np.minimum(1, x @ y.T / (mine**0.7 * theirs**0.3))


def common_cosine(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    mine, theirs = (x * x) @ (y > 0).T, (x > 0) @ (y * y).T
    return x @ y.T / np.maximum(np.sqrt(mine * theirs), 1e-12)


def msd(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    both = (x > 0).astype(float) @ (y > 0).T
    squares = (x * x) @ (y > 0).T + (x > 0) @ (y * y).T - 2 * x @ y.T
    return 1 / (1 + squares / np.maximum(both, 1))


FORMULAS = {function.__name__: function for function in (
    cosine, pearson, jaccard, dice, tversky, lift, asymmetric_cosine, common_cosine, msd)}
SETTINGS = {"similarity.asymmetry": 0.7, "similarity.tversky_own": 0.3, "similarity.tversky_other": 1.5}
MEASURES = ("cosine", "pearson", "jaccard")


def published(folder: Path, ratings: pd.DataFrame, neighbours: int, measures: Iterable[str] = MEASURES) -> Project:
    config = {"interactions": [{"name": "ratings", "from": ratings, "columns": {"user_id": "user", "item_id": "item", "rating": "rating"}}]}
    settings = {f"similarity.weight_{measure}": 1.0 for measure in measures} | SETTINGS
    settings |= {"score.weight_user_neighbours": 0.0, "score.weight_content": 0.0}  # not looked at here
    project = Project(folder, config, settings | {"similarity.neighbours": neighbours})
    project.refresh()
    return project


def assert_neighbours(found: pd.DataFrame, ratings: pd.DataFrame, measure: str, entity: str, shared: str, k: int, some: list[str]) -> None:
    """The neighbours of ``some`` entities are the best that numpy knows, with their similarity and common count."""
    matrix = ratings.pivot(index=entity, columns=shared, values="rating").fillna(0)
    mine, everybody = matrix.loc[some].to_numpy(), matrix.to_numpy()
    similarity = FORMULAS[measure](mine, everybody)
    common = (mine > 0).astype(int) @ (everybody > 0).T
    found = found[(found["measure"] == measure) & found[f"{entity}_id"].isin(some)]
    assert len(found) > len(some) / 2
    for row, name in enumerate(some):
        rows = found[found[f"{entity}_id"] == name].sort_values("rank")
        others = matrix.index.get_indexer(rows[f"other_{entity}_id"])
        np.testing.assert_allclose(rows["similarity"], similarity[row, others], rtol=0, atol=TOLERANCE)
        np.testing.assert_array_equal(rows["common_count"], common[row, others])
        eligible = (common[row] >= 2) & (similarity[row] > 1e-9) & (matrix.index != name)
        best = np.sort(similarity[row][eligible])[::-1][:k]
        np.testing.assert_allclose(rows["similarity"], best, rtol=0, atol=TOLERANCE)


@pytest.fixture(scope="module")
def random_ratings() -> pd.DataFrame:
    rng = np.random.default_rng(11)
    filled = np.argwhere(rng.random((50, 35)) < 0.3)
    stars = rng.integers(1, 11, len(filled)) / 2
    stars[filled[:, 0] < 4] = 3  # some who rate everything alike
    return pd.DataFrame({"user": [f"u{u:02d}" for u, _ in filled], "item": [f"i{i:02d}" for _, i in filled], "rating": stars})


@pytest.fixture(scope="module")
def random_project(random_ratings, tmp_path_factory) -> Project:
    return published(tmp_path_factory.mktemp("random"), random_ratings, 8, FORMULAS)


@pytest.mark.parametrize("measure", FORMULAS)
@pytest.mark.parametrize(("entity", "shared"), SIDES)
def test_neighbours_of_random_ratings_are_numpys(random_project, random_ratings, measure, entity, shared):
    some = sorted(random_ratings[entity].unique())
    assert_neighbours(random_project.table(f"similar_{entity}s"), random_ratings, measure, entity, shared, 8, some)


@pytest.mark.parametrize("weighting", ["tf_idf", "bm25"])
def test_weighted_cells_are_numpys(random_ratings, tmp_path, weighting):
    """On either axis, from what is stored: to half a step of the grid."""
    source = {"name": "ratings", "from": random_ratings, "columns": {"user_id": "user", "item_id": "item", "rating": "rating"}}
    Project(tmp_path, {"interactions": [source]}, {"similarity.weighting": weighting}).refresh(select=["similarity.cell"])
    with duckdb.connect(str(tmp_path / ".recsys" / "workspace.duckdb"), read_only=True) as con:
        for axis, (entity, shared) in zip(("item", "user"), SIDES, strict=True):
            found = con.execute(
                f"select {entity}_id as entity, {shared}_id as shared, weight from similarity.cell inner join profile.{entity}s on {entity}_no = entity_no "
                f"inner join profile.{shared}s on {shared}_no = shared_no where axis = ?", [axis]).df()
            matrix = random_ratings.pivot(index=entity, columns=shared, values="rating").fillna(0)
            rating, degree = matrix.to_numpy(), (matrix > 0).sum(axis=1).to_numpy()
            rarity = np.maximum(0, np.log(len(matrix) / (1 + (matrix > 0).sum(axis=0).to_numpy())))
            length = 1.2 * (0.25 + 0.75 * degree / degree.mean())[:, None]
            wanted = {"tf_idf": np.sqrt(rating), "bm25": rating * 2.2 / (length + rating)}[weighting] * rarity
            stored = found.pivot(index="entity", columns="shared", values="weight").reindex(matrix.index, columns=matrix.columns).fillna(0)
            np.testing.assert_allclose(stored, wanted, rtol=0, atol=0.5 / 4096 + TOLERANCE)
            assert wanted.max() > 0.5


def test_who_rates_everything_alike_has_no_pearson_neighbours(random_project):
    found = random_project.query("select distinct user_id from similar_users where measure = 'pearson'")["user_id"]
    assert not set(found) & {"u00", "u01", "u02", "u03"}


@pytest.fixture(scope="module")
def movielens(shared_data) -> pd.DataFrame:
    ratings = pd.read_csv(shared_data / "ml-latest-small" / "ratings.csv", dtype={"userId": str, "movieId": str})
    return ratings.rename(columns={"userId": "user", "movieId": "item"})


def test_neighbours_of_movielens_are_numpys(movielens, tmp_path):
    project = published(tmp_path, movielens, 50)
    for entity, shared in SIDES:
        often = movielens[entity].value_counts()
        some = sorted([*often.index[:3], *often[often >= 2].sample(5, random_state=1).index])
        found = project.table(f"similar_{entity}s")
        for measure in MEASURES:
            assert_neighbours(found, movielens, measure, entity, shared, 50, some)

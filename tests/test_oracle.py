"""The similarity kernel, the scorers and their blend against numpy and scipy, on random and on real data."""

from pathlib import Path

import duckdb
import numpy as np
import numpy_recommender
import pandas as pd
import pytest
from numpy_recommender import TOLERANCE, World, drawn
from scipy import sparse

from recsys import Project

SCORERS = ("item_neighbours", "user_neighbours", "content")
EVERY = (*SCORERS, "popularity")
WEIGHTS = {"item_neighbours": 1, "user_neighbours": 0.5, "content": 0.3}


def ratings_project(folder: Path, ratings: pd.DataFrame, items: pd.DataFrame | None = None, **settings) -> Project:
    config = {
        "interactions": [
            {"name": "ratings", "from": ratings, "columns": {"user_id": "user", "item_id": "item", "rating": "rating"}}
        ],
    }
    if items is not None:
        config["items"] = [described(items)]
    project = Project(folder, config, {key.replace("__", "."): value for key, value in settings.items()})
    project.refresh()
    return project


def described(items: pd.DataFrame) -> dict:
    """The items as a source."""
    names = {"item_id": "item", "parent_item_id": "parent", "is_recommendable": "is_available"}
    same = {name: name for name in ("category", "subcategory", "brand", "tags", "text")}
    return {"name": "items", "from": items, "columns": names | same}


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


def random_items(seed: int, count: int = 50) -> pd.DataFrame:
    """Items with whatever describes them, some of it missing; with variants, and some that cannot be had."""
    rng = np.random.default_rng(seed)

    def some(words: list[str], at_most: int, repeat: bool) -> list[str]:
        return [list(rng.choice(words, rng.integers(0, at_most + 1), replace=repeat)) for _ in range(count)]

    one = {name: [" ".join(found) or None for found in some(list(words), 1, False)]
           for name, words in {"category": "ABC", "subcategory": "DEFGHI", "brand": "XYZ"}.items()}
    return pd.DataFrame(one | {
        "item": [f"i{number:03d}" for number in range(count)],
        "tags": ["|".join(found) for found in some(list("pqrst"), 3, False)],
        "text": [" ".join(found) for found in some([f"w{number}" for number in range(40)], 8, True)],
        "parent": [f"i{number - number % 4:03d}" if number % 8 < 3 else None for number in range(count)],
        "is_available": rng.random(count) < 0.9,
    })


# --- likeness ---

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
    settings = {"neighbours": 7, "min_common": 2, "tile_pair_rows": 500}
    project = ratings_project(tmp_path, ratings, **{f"similarity__{key}": value for key, value in settings.items()})
    for entity, shared in (("item", "user"), ("user", "item")):
        assert_equal_to_scipy(project.table(f"similar_{entity}s"), ratings, entity, shared, 7, 2)


@pytest.mark.slow
@pytest.mark.parametrize(("entity", "shared"), [("item", "user"), ("user", "item")])
def test_cosine_neighbours_of_movielens_equal_scipys(movielens, movies, entity, shared):
    found = Project(movielens).table(f"similar_{entity}s")
    assert len(found) > 10_000
    assert_equal_to_scipy(found, movies[0], entity, shared, 50, 2)


@pytest.fixture(scope="module")
def movies(shared_data) -> tuple[pd.DataFrame, pd.DataFrame]:
    """MovieLens as World takes it: ratings and items."""
    folder, text = shared_data / "ml-latest-small", {"userId": str, "movieId": str}
    ratings = pd.read_csv(folder / "ratings.csv", dtype=text).rename(columns={"userId": "user", "movieId": "item"})
    ratings["age"] = (ratings["timestamp"].max() - ratings["timestamp"]) / 86400
    items = pd.read_csv(folder / "movies.csv", dtype=text).rename(columns={"movieId": "item", "title": "name", "genres": "tags"})
    return ratings, items


# --- scores ---

@pytest.mark.parametrize(("scorer", "seed"), list(zip(SCORERS, (3, 4, 5), strict=True)))
def test_what_a_scorer_alone_recommends_is_what_numpy_does(tmp_path, scorer, seed):
    ratings, items = random_ratings(seed), random_items(seed)
    weights = {f"score__weight_{name}": float(name == scorer) for name in SCORERS}
    settings = {"score__item_neighbours": 6, "score__user_neighbours": 7, "score__tastes": 8}
    project = ratings_project(tmp_path, ratings, items, recommendation__normalise=False, **weights, **settings)
    world, most = World(ratings, items), {"item_neighbours": 6, "user_neighbours": 7, "content": 8}
    world.assert_lists(project.table("recommendations"), getattr(world, scorer)(most[scorer]))


@pytest.mark.parametrize("seed", [4, 5])
def test_the_grid_changes_no_cosine_by_a_thousandth(monkeypatch, seed):
    """Strengths, features and tastes in steps of 1/4096 are what plain tf-idf is."""
    ratings, items = random_ratings(seed), random_items(seed)
    on_grid = World(ratings, items).content()
    monkeypatch.setattr(numpy_recommender, "on_grid", np.asarray)
    exact = World(ratings, items).content()
    assert exact.max() > 0.5
    np.testing.assert_allclose(on_grid, exact, rtol=0, atol=0.001)


@pytest.mark.parametrize(("seed", "weights"), [(6, WEIGHTS), (7, {"item_neighbours": 0.2, "content": 2})])
def test_the_blend_is_numpys(tmp_path, seed, weights):
    ratings, items = random_ratings(seed), random_items(seed)
    chosen = {f"score__weight_{name}": float(weights.get(name, 0)) for name in SCORERS}
    project = ratings_project(tmp_path, ratings, items, recommendation__tile_scores=200, **chosen)
    world = World(ratings, items)
    world.assert_lists(project.table("recommendations"), world.blend(**weights))


def test_alpha_is_the_weights_it_stands_for(tmp_path):
    ratings, items = random_ratings(8), random_items(8)
    project, world = ratings_project(tmp_path, ratings, items, score__alpha=0.6), World(ratings, items)
    # item and user neighbours share 0.6 as 1 to 0.5, content gets the rest
    world.assert_lists(project.table("recommendations"), world.blend(item_neighbours=0.4, user_neighbours=0.2, content=0.4))


def test_a_scorer_without_weight_is_not_built_nor_what_only_it_reads(tmp_path, handmade):
    def models(project: Project) -> set[str]:
        return set(project.query("select table_name from meta.models where starts_with(table_name, 'score.')")["table_name"])

    project = ratings_project(tmp_path, random_ratings(8), random_items(8), score__weight_content=0.0, score__weight_user_neighbours=0.0)
    vectors = {"score.user_vectors", "score.item_vectors"}
    assert models(Project(handmade)) - models(project) == {"score.content", "score.user_neighbours", *vectors}
    assert set(project.table("recommendation_scores")["scorer"]) == {"item_neighbours"}


# --- all scorers at once, seen and unseen, from the workspace: no more is built than they need ---

def built(folder: Path, world: World, scorer: str) -> tuple[np.ndarray, int]:
    """What the contributions of a scorer come to for users and items, and how many rows that are."""
    with duckdb.connect(str(folder / ".recsys" / "workspace.duckdb"), read_only=True) as con:
        found = con.execute(
            "select user_id, item_id, sum(contribution) as score from score.contributions inner join profile.users using (user_no) "
            "inner join profile.items using (item_no) where scorer = ? group by all", [scorer]).df()
    scores = np.zeros(world.unseen.shape)
    scores[found["user_id"].map(world.user_no), found["item_id"].map(world.item_no)] = found["score"]
    return scores, len(found)


def random_events(seed: int) -> pd.DataFrame:
    """Purchases, looks and carts of a year, some things again and again, some only looked at."""
    rng, ratings = np.random.default_rng(seed), random_ratings(seed)
    rows = ratings[["user", "item"]].iloc[rng.integers(0, len(ratings), 3 * len(ratings))].reset_index(drop=True)
    hours = pd.to_timedelta(rng.integers(0, 365 * 24, len(rows)), unit="h")
    return rows.assign(type=rng.choice(["purchase", "view_item", "add_to_cart"], len(rows), p=[0.6, 0.3, 0.1]), day=pd.Timestamp("2023-01-01") + hours)


EVENT_WEIGHTS = {"purchase": 1.0, "view_item": 0.2, "add_to_cart": 0.5}
#: where strengths come from, and the likeness that scores go by: every measure and every kind of strength, in few refreshes
SETTINGS = [("ratings", "pearson", 0.5), ("purchases", "jaccard", 3.0), ("purchases of late", "cosine", 2.5)]


@pytest.mark.parametrize(("kind", "measure", "shrinkage"), SETTINGS)
def test_every_scorer_and_the_blend_by_any_measure_are_numpys(tmp_path, kind, measure, shrinkage):
    half_life, items = 90 * kind.endswith("late"), random_items(9)
    columns = {"user_id": "user", "item_id": "item"}
    if kind == "ratings":
        source = known = random_ratings(9)
        columns |= {"rating": "rating"}
    else:
        source = random_events(9)
        known = drawn(source, EVENT_WEIGHTS, half_life)
        columns |= {"event_type": "type", "occurred_at": "day"}
    project = Project(
        tmp_path, {"interactions": [{"name": "shop", "from": source, "columns": columns}], "items": [described(items)]},
        {"score.measure": measure, "similarity.shrinkage": shrinkage, "score.weight_popularity": 0.4, "profile.half_life_days": float(half_life)}
        | {f"similarity.weight_{name}": float(name == measure) for name in ("cosine", "pearson", "jaccard")})
    project.refresh(select=["mart.recommendations"])
    world = World(known, items, measure, shrinkage)
    for scorer in EVERY:
        found, count = built(tmp_path, world, scorer)
        assert count > 500, scorer
        np.testing.assert_allclose(found, getattr(world, scorer)(), rtol=0, atol=TOLERANCE, err_msg=scorer)
    with duckdb.connect(str(tmp_path / ".recsys" / "workspace.duckdb"), read_only=True) as con:
        world.assert_lists(con.sql("from mart.recommendations").df(), world.blend(**WEIGHTS, popularity=0.4))


@pytest.fixture(scope="module")
def world(movies) -> World:
    return World(*movies)


@pytest.mark.slow
@pytest.mark.parametrize("scorer", SCORERS)
def test_every_score_of_movielens_is_numpys(movielens, world, scorer):
    found, count = built(movielens, world, scorer)
    assert count > 500_000
    np.testing.assert_allclose(found, getattr(world, scorer)(), rtol=0, atol=TOLERANCE)


@pytest.mark.slow
def test_the_blend_of_movielens_is_numpys(movielens, world):
    world.assert_lists(Project(movielens).table("recommendations"), world.blend(**WEIGHTS))

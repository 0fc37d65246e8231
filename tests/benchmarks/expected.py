"""Expected ratings beside Surprise's, on the same folds of MovieLens 100K: the root mean square of the errors.

    python -m tests.benchmarks.expected --folds 5

Neighbours are all users, or all films, of whom the 40 nearest who have rated are asked, as Surprise does by default;
last comes recsys with everything as it comes. Errors are those of recsys's own evaluation, over the films that the
training part knows: of others (some forty of 20,000 ratings) Surprise says the mean of all, recsys the user's. Of
neighbours that are equally near Surprise asks those that come first in the data, so it gets them in our order.
"""

import argparse
import tempfile
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from recsys import Project
from recsys.evaluation import TEST, TRAINING
from recsys.kinds import MAKE
from recsys.plan import make_node
from recsys.scratch import scratch_run

from .accuracy import fetched, movielens_100k

#: Surprise's names of its algorithms and measures, and ours
CENTRES = {"KNNBasic": "none", "KNNWithMeans": "mean", "KNNBaseline": "baseline"}
MEASURES = {"msd": "msd", "cosine": "common_cosine", "pearson": "pearson", "pearson_baseline": "pearson_baseline"}
#: nobody is left out as too little alike, and nothing is added that Surprise has not
ALL = {"similarity.neighbours": 10_000, "similarity.min_common": 1, "rating.prior": 0.0}
COLUMNS = ["user", "item", "rating"]


def folds(ratings: pd.DataFrame, count: int = 5, seed: int = 1) -> Iterator[np.ndarray]:
    """The places of the rows held out, a fifth each time, drawn with a seed."""
    yield from np.array_split(np.random.default_rng(seed).permutation(len(ratings)), count)


def ours(ratings: pd.DataFrame, held_out: np.ndarray, ways: Iterable[tuple[str, str]] = (), by_user: bool = True) -> dict[tuple, float]:
    """Return {(algorithm, measure): error} as Surprise names them; without ``ways`` that of recsys as it comes.

    Likeness is reckoned once by all measures; from there on everything is built anew for each way.
    """
    side = "user" if by_user else "item"
    settings = {"evaluation.split": "given"}
    if ways:
        settings |= ALL | {f"similarity.weight_{MEASURES[measure]}": 1.0 for _, measure in ways}
        settings |= {"similarity.axes": [side], "rating.weight_user_neighbours": float(by_user), "rating.weight_item_neighbours": float(not by_user)}
    source = {"name": "films", "from": ratings[COLUMNS], "columns": {"user_id": "user", "item_id": "item", "rating": "rating"}}
    rows, found = pd.DataFrame({"source_row": held_out + 1, "source": None}), {}
    with tempfile.TemporaryDirectory(prefix="recsys-expected-") as folder:
        project = Project(folder, {"interactions": [source]}, settings)
        project.refresh(select=["staging.interactions"])
        with scratch_run(project, TRAINING, ["evaluation.rating_errors"], first=[TEST], frames={"held_out": rows}) as con:
            for algorithm, measure in ways or [("as it comes", "cosine")]:
                centre = CENTRES.get(algorithm, "baseline")
                params = project.params.override(
                    {"rating.measure": MEASURES[measure] if ways else measure, "rating.centre": side if centre == "mean" else centre}, "benchmark")
                for name in ("rating.offsets", "rating.deviations", "rating.user_neighbours", "rating.item_neighbours",
                             "evaluation.expected_ratings", "evaluation.rating_errors"):
                    if params.values.get(name.replace(".", ".weight_"), 1):
                        node = make_node(project.library, project.library[name], params, {})
                        MAKE[node.model.kind](con, node, lambda done, whole: None)
                found[algorithm, measure] = con.sql(
                    "select sqrt(avg(own_error ** 2)) from evaluation.rating_errors inner join evaluation.rated using (source, source_row) "
                    "semi join profile.ratings using (item_no)").fetchall()[0][0]
    return found


def theirs(ratings: pd.DataFrame, held_out: np.ndarray, algorithm: str, measure: str, by_user: bool = True) -> float:
    import surprise

    known = ratings.drop(ratings.index[held_out]).astype({"user": str, "item": str})
    known["count"] = known.groupby("item")["user"].transform("size")  # of equals it takes what comes first: in our order
    known = known.sort_values(["count", "item", "user"], ascending=[False, True, True])
    data = surprise.Dataset.load_from_df(known[COLUMNS], surprise.Reader(rating_scale=(1, 5))).build_full_trainset()
    model = getattr(surprise, algorithm)(sim_options={"name": measure, "user_based": by_user}, verbose=False).fit(data)
    test = ratings.iloc[held_out].astype({"user": str, "item": str}).merge(known[["item"]].drop_duplicates(), on="item")
    return surprise.accuracy.rmse(model.test(list(test[COLUMNS].itertuples(index=False, name=None))), verbose=False)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.expected", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", type=int, default=5, help="how many of the five")
    ratings, count = movielens_100k(fetched()), parser.parse_args().folds
    held_out = list(folds(ratings))[:count]
    ways = [(algorithm, measure) for algorithm in CENTRES for measure in MEASURES]
    print("| algorithm | measure | neighbours | recsys | Surprise |\n|---|---|---|---|---|")
    for by_user in (True, False):
        mine = pd.DataFrame([ours(ratings, rows, ways, by_user) for rows in held_out]).mean()
        for way in ways:
            other = np.mean([theirs(ratings, rows, *way, by_user) for rows in held_out])
            print(f"| {' | '.join(way)} | {'users' if by_user else 'films'} | {mine[way]:.4f} | {other:.4f} |", flush=True)
    for way, error in pd.DataFrame([ours(ratings, rows) for rows in held_out]).mean().items():
        print(f"| {' | '.join(way)} | both | {error:.4f} | |")


if __name__ == "__main__":
    main()

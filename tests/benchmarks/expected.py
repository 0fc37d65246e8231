"""Expected ratings beside Surprise's, on the same folds of MovieLens 100K: the root mean square of the errors.

    python -m tests.benchmarks.expected --folds 5

Neighbours are all users, or all films, of whom the 40 nearest who have rated are asked, as Surprise does by default;
the last row is recsys with everything as it comes. The figures of recsys are those of its own evaluation.
"""

import argparse
import tempfile
from collections.abc import Iterator

import numpy as np
import pandas as pd

from recsys import Project
from recsys.evaluation import _TRAINING, TEST
from recsys.scratch import scratch_run

from .accuracy import fetched, movielens_100k

#: Surprise's names of its algorithms and measures, and ours
CENTRES = {"KNNBasic": "none", "KNNWithMeans": "user", "KNNBaseline": "baseline"}
MEASURES = {"msd": "msd", "cosine": "common_cosine", "pearson": "pearson", "pearson_baseline": "pearson_baseline"}
#: nobody is left out as too little alike, and nothing is added that Surprise has not
ALL = {"similarity.neighbours": 10_000, "similarity.min_common": 1, "similarity.weight_cosine": 0.0, "rating.prior": 0.0}


def folds(ratings: pd.DataFrame, count: int = 5, seed: int = 1) -> Iterator[np.ndarray]:
    """The rows held out, a fifth each time, drawn with a seed."""
    order = np.random.default_rng(seed).permutation(len(ratings))
    yield from np.array_split(order, count)


class Ours:
    """All ratings in a project, of which each fold holds some rows back."""

    def __init__(self, folder: str, ratings: pd.DataFrame, **settings) -> None:
        columns = {"user_id": "user", "item_id": "item", "rating": "rating"}
        self.config = {"interactions": [{"name": "films", "from": ratings[list(columns.values())], "columns": columns}]}
        self.folder, self.settings = folder, settings
        Project(folder, self.config, settings).refresh(select=["staging.interactions"])

    def rmse(self, held_out: np.ndarray, **settings) -> float:
        """What the evaluation says of expected ratings on the rows held out."""
        project = Project(self.folder, self.config, self.settings | settings | {"evaluation.split": "given"})
        rows = pd.DataFrame({"source_row": held_out + 1, "source": None})
        with scratch_run(project, _TRAINING, ["evaluation.rating_metrics"], first=[TEST], frames={"held_out": rows}) as con:
            return con.sql("select metric_value from evaluation.rating_metrics where slice_kind = 'all' and metric = 'rmse'").fetchall()[0][0]


def ours_as(algorithm: str, measure: str, by_user: bool = True) -> dict:
    """Our settings for one of Surprise's algorithms."""
    way, other = ("user", "item") if by_user else ("item", "user")
    centre = CENTRES[algorithm]
    return ALL | {
        "similarity.axes": [way], f"similarity.weight_{MEASURES[measure]}": 1.0, "score.measure": MEASURES[measure],
        f"rating.weight_{way}_neighbours": 1.0, f"rating.weight_{other}_neighbours": 0.0,
        "rating.centre": way if centre == "user" else centre,
    }


def theirs(ratings: pd.DataFrame, held_out: np.ndarray, algorithm: str, measure: str, by_user: bool = True) -> float:
    import surprise

    rows = list(ratings[["user", "item", "rating"]].itertuples(index=False, name=None))
    mask = np.zeros(len(rows), dtype=bool)
    mask[held_out] = True
    known = surprise.Dataset.load_from_df(ratings.loc[~mask, ["user", "item", "rating"]], surprise.Reader(rating_scale=(1, 5))).build_full_trainset()
    model = getattr(surprise, algorithm)(sim_options={"name": measure, "user_based": by_user}, verbose=False).fit(known)
    return surprise.accuracy.rmse(model.test([rows[row] for row in held_out]), verbose=False)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.expected", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", type=int, default=5, help="how many of the five")
    ratings, count = movielens_100k(fetched()), parser.parse_args().folds
    held_out = list(folds(ratings))[:count]
    print("| algorithm | measure | neighbours | recsys | Surprise |\n|---|---|---|---|---|")
    for by_user in (True, False):
        for algorithm in CENTRES:
            for measure in MEASURES:
                with tempfile.TemporaryDirectory(prefix="recsys-expected-") as folder:
                    ours = Ours(folder, ratings, **ours_as(algorithm, measure, by_user))
                    mine, other = (np.mean(values) for values in zip(*(
                        (ours.rmse(rows), theirs(ratings, rows, algorithm, measure, by_user)) for rows in held_out), strict=True))
                print(f"| {algorithm} | {measure} | {'users' if by_user else 'films'} | {mine:.4f} | {other:.4f} |", flush=True)
    with tempfile.TemporaryDirectory(prefix="recsys-expected-") as folder:
        ours = Ours(folder, ratings)
        print(f"| as it comes | cosine | both | {np.mean([ours.rmse(rows) for rows in held_out]):.4f} | |")


if __name__ == "__main__":
    main()

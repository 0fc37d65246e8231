"""SAR on MovieLens 100K as Microsoft Recommenders' own notebook measures it: its split, its metrics, its settings.

    python -m tests.benchmarks.sar

Age is counted from the newest rating of the training part, likeness is Jaccard between all films, and what a user has
seen is left out. MAP divides by the number of films held back, nDCG by what is best among ten.
"""

import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from recsys import Project

from .accuracy import K, fetched, movielens_100k

#: likeness between all films, also where one user has seen both
SETTINGS = {
    "similarity.axes": ["item"], "similarity.neighbours": 2000, "similarity.min_common": 1, "similarity.weight_jaccard": 1.0,
    "similarity.weight_cosine": 0.0, "score.measure": "jaccard", "score.weight_sar": 1.0, "score.weight_item_neighbours": 0.0,
    "score.weight_user_neighbours": 0.0, "score.weight_content": 0.0, "recommendation.top_n": K,
}
PUBLISHED = {"MAP": 0.106959, "nDCG": 0.379533, "precision": 0.331071, "recall": 0.176837}
WITHOUT_DECAY = {"MAP": 0.1088, "nDCG": 0.3832, "precision": 0.3349, "recall": 0.1798}


def split(ratings: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Three quarters of each user's ratings, drawn with numpy's legacy generator, and the rest."""
    drawn = ratings.assign(drawn=np.random.RandomState(42).uniform(size=len(ratings))).sort_values(["user", "drawn"])
    place = drawn.groupby("user").cumcount()
    is_known = place < (0.75 * drawn.groupby("user")["item"].transform("size")).round()
    return drawn[is_known], drawn[~is_known]


def recommended(known: pd.DataFrame, **settings) -> pd.DataFrame:
    """user, item, rank."""
    names = {"user_id": "user", "item_id": "item", "occurred_at": "at", "rating": "rating", "event_type": "type"}
    source = {"name": "films", "from": known, "columns": {name: column for name, column in names.items() if column in known}}
    with tempfile.TemporaryDirectory(prefix="recsys-sar-") as folder:
        Project(folder, {"interactions": [source]}, SETTINGS | settings).refresh(select=["recommendation.blend"])
        with duckdb.connect(str(Path(folder) / ".recsys" / "workspace.duckdb"), read_only=True) as con:
            return con.sql(
                "select cast(user_id as bigint) as user, cast(item_id as bigint) as item, rank from recommendation.blend "
                "inner join profile.users using (user_no) inner join profile.items using (item_no)").df()


def metrics(found: pd.DataFrame, held_out: pd.DataFrame) -> dict[str, float]:
    """Microsoft's definitions, the mean over users with something held back."""
    hits = found.merge(held_out, on=["user", "item"]).sort_values(["user", "rank"])
    hits["hit_no"] = hits.groupby("user").cumcount() + 1
    users = held_out.groupby("user").size().to_frame("count")
    ideal = np.cumsum(1 / np.log2(np.arange(2, K + 2)))[np.minimum(users["count"], K) - 1]

    def per_user(values) -> np.ndarray:
        return values.groupby(hits["user"]).sum().reindex(users.index).fillna(0).to_numpy()

    return {
        "MAP": np.mean(per_user(hits["hit_no"] / hits["rank"]) / users["count"]),
        "nDCG": np.mean(per_user(1 / np.log2(hits["rank"] + 1)) / ideal),
        "precision": np.mean(per_user(hits["hit_no"] * 0 + 1) / K),
        "recall": np.mean(per_user(hits["hit_no"] * 0 + 1) / users["count"]),
    }


def with_decay(ratings: pd.DataFrame) -> dict[str, float]:
    known, held_out = split(ratings)
    return metrics(recommended(known[["user", "item", "rating", "at"]]), held_out)


def without_decay(ratings: pd.DataFrame) -> dict[str, float]:
    """Every rating counts as one, whenever it was: as a purchase does."""
    known, held_out = split(ratings)
    found = recommended(known[["user", "item", "at"]].assign(type="purchase"), **{"score.sar_half_life_days": 0.0})
    return metrics(found, held_out)


if __name__ == "__main__":
    films = movielens_100k(fetched())
    for name, measured, published in (("with decay", with_decay(films), PUBLISHED), ("without", without_decay(films), WITHOUT_DECAY)):
        print(name, *(f"{metric} {value:.6f} (published {published[metric]})" for metric, value in measured.items()), sep="  ")

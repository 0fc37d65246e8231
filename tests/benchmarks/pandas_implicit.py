"""From a csv to two parquet files, as a data scientist would write it: events.csv, folder for the results, threads."""

import sys
from pathlib import Path

import implicit
import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix


def main(csv: str, folder: str, threads: int) -> None:
    events = pd.read_csv(csv)
    if "rating" not in events:  # purchases: how often, flattened
        events = events.groupby(["user", "item"], as_index=False).size()
        events["rating"] = np.log2(1 + events["size"])
    user_numbers, users = pd.factorize(events["user"])
    item_numbers, items = pd.factorize(events["item"])
    matrix = coo_matrix((events["rating"].astype(float), (user_numbers, item_numbers))).tocsr()

    model = implicit.nearest_neighbours.CosineRecommender(K=51, num_threads=threads)  # 50 and the item itself
    model.fit(matrix, show_progress=False)

    found = model.similarity.tocoo()
    similar = pd.DataFrame(
        {"item": items[found.row], "other_item": items[found.col], "similarity": found.data}
    )
    similar = similar[similar["item"] != similar["other_item"]].sort_values(
        ["item", "similarity"], ascending=[True, False]
    )
    similar["rank"] = similar.groupby("item").cumcount() + 1
    similar.to_parquet(Path(folder) / "similar_items.parquet", index=False)

    ids, scores = model.recommend(np.arange(len(users)), matrix, N=10, filter_already_liked_items=True)
    recommendations = pd.DataFrame(
        {
            "user": np.repeat(users, ids.shape[1]),
            "rank": np.tile(np.arange(1, ids.shape[1] + 1), len(users)),
            "item": items[ids.ravel()],
            "score": scores.ravel(),
        }
    )
    recommendations.to_parquet(Path(folder) / "recommendations.parquet", index=False)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))

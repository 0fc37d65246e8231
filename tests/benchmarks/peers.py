"""The other side: the peers' kernels on a matrix that is loaded already."""

import os
import warnings
from collections.abc import Callable

import numpy as np
from scipy import sparse

from .works import NEIGHBOURS, TOP_N, Skipped, Task


def entities(task: Task) -> sparse.csr_matrix:
    """Return the matrix with a row for each user or item that is compared."""
    matrix = sparse.csr_matrix(sparse.load_npz(task.matrix))
    return matrix if task.spec.axis == "user" else matrix.T.tocsr()


def implicit_cosine(task: Task) -> Callable[[], sparse.csr_matrix]:
    from implicit.nearest_neighbours import CosineRecommender

    by_column = entities(task).T.tocsr()  # implicit compares columns
    model = CosineRecommender(K=NEIGHBOURS + 1, num_threads=task.threads)  # one of them is the item itself

    def run() -> sparse.csr_matrix:
        model.fit(by_column, show_progress=False)
        return model.similarity

    return run


def similaripy_cosine(task: Task) -> Callable[[], sparse.csr_matrix]:
    import similaripy

    rows = entities(task)
    return lambda: similaripy.cosine(
        rows, k=NEIGHBOURS + 1, verbose=False, format_output="csr", num_threads=task.threads
    )


def sparse_dot_topn_cosine(task: Task) -> Callable[[], sparse.csr_matrix]:
    from sparse_dot_topn import sp_matmul_topn

    rows = entities(task)

    def run() -> sparse.csr_matrix:
        lengths = np.sqrt(
            np.bincount(
                np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr)), rows.data**2, rows.shape[0]
            )
        )
        unit = sparse.csr_matrix(
            (rows.data / np.repeat(lengths, np.diff(rows.indptr)), rows.indices, rows.indptr), rows.shape
        )
        return sp_matmul_topn(unit, unit.T.tocsr(), top_n=NEIGHBOURS + 1, n_threads=task.threads)

    return run


def surprise_pearson(task: Task) -> Callable[[], sparse.csr_matrix]:
    """Similarities of all pairs, then the cut, in numpy: Surprise's own cut per item takes longer than its kernel."""
    rows = entities(task)
    count = rows.shape[0]
    needed, there = 7 * 8 * count**2, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if needed > 0.7 * there:
        raise Skipped(
            f"keeps seven dense matrices: {needed / 1e9:,.0f} GB, of {there / 1e9:,.0f} GB there are"
        )
    import pandas as pd
    from surprise import Dataset, KNNBasic, Reader

    table = rows.tocoo()
    frame = pd.DataFrame({"user": table.col, "item": table.row, "rating": table.data})
    trainset = Dataset.load_from_df(frame, Reader(rating_scale=(0.5, 5))).build_full_trainset()
    number = np.array([trainset.to_raw_iid(inner) for inner in range(trainset.n_items)])
    options = {"name": "pearson", "user_based": False, "min_support": 2}

    def run() -> sparse.csr_matrix:
        model = KNNBasic(k=NEIGHBOURS, sim_options=options, verbose=False).fit(trainset)
        found = model.sim
        np.fill_diagonal(found, -np.inf)
        best = np.argpartition(-found, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
        one, other = np.repeat(number, NEIGHBOURS), number[best.ravel()]
        value = np.take_along_axis(found, best, axis=1).ravel()
        return sparse.csr_matrix((value, (one, other)), (count, count))

    return run


def voting(task: Task) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Return users x items, and items x items with in each row what the item votes for, and how strongly."""
    found = np.load(task.neighbours)
    matrix = sparse.csr_matrix(sparse.load_npz(task.matrix))
    size = matrix.shape[1]
    return matrix, sparse.csr_matrix((found["value"], (found["other"], found["one"])), (size, size))


def implicit_top10(task: Task) -> Callable[[], tuple[np.ndarray, np.ndarray]]:
    from implicit.nearest_neighbours import ItemItemRecommender, NearestNeighboursScorer

    matrix, votes = voting(task)
    model = ItemItemRecommender(K=NEIGHBOURS, num_threads=task.threads)
    model.similarity, model.scorer = votes, NearestNeighboursScorer(votes)
    return lambda: model.recommend(
        np.arange(matrix.shape[0]), matrix, N=TOP_N, filter_already_liked_items=True
    )


def similaripy_top10(task: Task) -> Callable[[], sparse.csr_matrix]:
    import similaripy

    matrix, votes = voting(task)
    return lambda: similaripy.dot_product(
        matrix,
        votes,
        k=TOP_N,
        filter_cols=matrix,
        verbose=False,
        format_output="csr",
        num_threads=task.threads,
    )


KERNELS = {
    ("implicit", "cosine"): implicit_cosine,
    ("similaripy", "cosine"): similaripy_cosine,
    ("sparse_dot_topn", "cosine"): sparse_dot_topn_cosine,
    ("surprise", "pearson"): surprise_pearson,
    ("implicit", "top10"): implicit_top10,
    ("similaripy", "top10"): similaripy_top10,
}


def timed_kernel(task: Task, timer) -> None:
    """Load what is needed, then run the kernel while ``timer`` runs."""
    warnings.simplefilter("ignore")
    run = KERNELS[task.who, task.work if task.work == "top10" else task.spec.measure](task)
    with timer:
        found = run()
    if task.keep:
        np.savez(task.result, **_triples(found))


def _triples(found) -> dict[str, np.ndarray]:
    if isinstance(found, tuple):  # ids and scores, a row for each user; implicit fills up with item -1
        ids, scores = found
        one = np.repeat(np.arange(len(ids)), ids.shape[1])
        there = (ids.ravel() >= 0) & (scores.ravel() > 0)
        return {"one": one[there], "other": ids.ravel()[there], "value": scores.ravel()[there]}
    table = sparse.coo_matrix(found)
    return {"one": table.row, "other": table.col, "value": table.data}

"""Are the results right? Each is held against scipy's sparse products, exactly, and not against another contestant."""

from pathlib import Path

import duckdb
import numpy as np
from scipy import sparse

from .ours import published
from .works import NEIGHBOURS, TOP_N, Skipped, Task

#: what ours publishes is rounded to nine places; similaripy reckons in single precision
TOLERANCE = {"similaripy": 2e-5}
DEFAULT_TOLERANCE = 1e-9
ALL_ROWS = 10_000  #: up to so many users or items every one is checked, of more so many drawn ones:
DRAWN_ROWS = 1_000
CHUNK = 250  #: rows of a dense block


def check(task: Task) -> dict:
    """Compare what was found with what scipy finds; return {"checked": rows, "largest_error"} or raise Skipped.

    Two things make a list of the nearest right: each similarity is that of its pair, and the list's similarities
    are the largest there are. Which of equals comes first is not asked of the peers.

    Raises:
        AssertionError: they differ by more than the tolerance.
    """
    work = task.spec
    if work.name == "file" and task.who == "ours":
        matrix, found = _from_file(task.csv, published(Path(task.run)))
    elif work.is_kernel or work.name == "top10":
        matrix, found = sparse.csr_matrix(sparse.load_npz(task.matrix)), dict(np.load(task.result))
    else:
        raise Skipped("not checked")
    tolerance = TOLERANCE.get(task.who, DEFAULT_TOLERANCE)
    if work.name == "top10":  # a sum of a profile's rounded shares, as large as some hundreds
        rows, exact, length = matrix, Scores(task, matrix), TOP_N
        tolerance *= max(1, np.diff(matrix.indptr).max())
    else:
        rows = matrix if work.axis == "user" else sparse.csr_matrix(matrix.T)
        exact, length = MEASURES[work.measure](rows), NEIGHBOURS
    checked = np.flatnonzero(np.diff(rows.indptr))  # ids of the file have gaps
    if len(checked) > ALL_ROWS:
        checked = np.sort(np.random.default_rng(1).choice(checked, DRAWN_ROWS, replace=False))
    error = float(max(errors(found, checked, exact, length), default=0.0))
    if error > tolerance:
        raise AssertionError(
            f"{task.who} differs from scipy by {error:.3g} in {work.title}; {tolerance:.3g} is allowed"
        )
    return {"checked": len(checked), "largest_error": error}


def errors(found: dict, checked: np.ndarray, exact, length: int):
    """Yield for each block of rows how far the claimed values are from the pairs' own and from the largest."""
    order = np.argsort(found["one"], kind="stable")
    one, other, value = (found[name][order] for name in ("one", "other", "value"))
    for first in range(0, len(checked), CHUNK):
        rows = checked[first : first + CHUNK]
        truth = exact(rows)
        best = -np.sort(-np.partition(truth, -length, axis=1)[:, -length:], axis=1)
        for place, row in enumerate(rows):
            mine = slice(*np.searchsorted(one, [row, row + 1]))
            others, values = other[mine], value[mine]
            kept = (others != row) | (exact.may_be_itself)  # the peers count an item as its own neighbour
            others, values = others[kept], values[kept]
            claimed = np.zeros(length)
            largest = -np.sort(-values)[:length]
            claimed[: len(largest)] = np.maximum(largest, 0)
            yield np.abs(claimed - np.maximum(best[place], 0)).max()
            if len(values):
                strongest = np.argsort(-values, kind="stable")[:length]
                yield np.abs(
                    np.maximum(truth[place, others[strongest]], 0) - np.maximum(values[strongest], 0)
                ).max()


class Cosine:
    """Cosines of some rows with all, the row itself left out."""

    may_be_itself = False

    def __init__(self, rows: sparse.csr_matrix) -> None:
        lengths = np.sqrt(rows.multiply(rows).sum(axis=1)).A1
        self.unit = sparse.csr_matrix(sparse.diags(1 / np.maximum(lengths, 1e-300)) @ rows)
        self.turned = sparse.csr_matrix(self.unit.T)

    def __call__(self, some: np.ndarray) -> np.ndarray:
        found = (self.unit[some] @ self.turned).toarray()
        found[np.arange(len(some)), some] = -np.inf
        return found


class Pearson:
    """Correlations over what two rows have in common, two at least."""

    may_be_itself = False

    def __init__(self, rows: sparse.csr_matrix) -> None:
        ones, squares = rows.copy(), rows.copy()
        ones.data, squares.data = np.ones_like(rows.data), rows.data**2
        self.parts = [sparse.csr_matrix(part) for part in (ones, rows, squares)]
        self.turned = [sparse.csr_matrix(part.T) for part in self.parts]

    def __call__(self, some: np.ndarray) -> np.ndarray:
        (ones, sums, squares), (all_ones, all_sums, all_squares) = (
            [part[some] for part in self.parts],
            self.turned,
        )
        count, product = (ones @ all_ones).toarray(), (sums @ all_sums).toarray()
        mine, theirs = (sums @ all_ones).toarray(), (ones @ all_sums).toarray()
        mine_squared, theirs_squared = (squares @ all_ones).toarray(), (ones @ all_squares).toarray()
        spread = (count * mine_squared - mine**2) * (count * theirs_squared - theirs**2)
        there = (spread > 1e-9) & (count >= 2)
        found = np.where(there, (count * product - mine * theirs) / np.sqrt(np.where(there, spread, 1)), 0)
        found[np.arange(len(some)), some] = -np.inf
        return found


MEASURES = {"cosine": Cosine, "pearson": Pearson}


class Scores:
    """What the neighbours of each item are worth to some users; what they have is left out."""

    may_be_itself = True

    def __init__(self, task: Task, matrix: sparse.csr_matrix) -> None:
        found = np.load(task.neighbours)
        size = matrix.shape[1]
        self.votes = sparse.csr_matrix((found["value"], (found["other"], found["one"])), (size, size))
        self.matrix = matrix

    def __call__(self, some: np.ndarray) -> np.ndarray:
        found = (self.matrix[some] @ self.votes).toarray()
        found[self.matrix[some].nonzero()] = -np.inf
        return found


def _from_file(csv: Path, found: dict) -> tuple[sparse.csr_matrix, dict]:
    """Return users x items straight from the file, and the published pairs by its columns."""
    header = csv.open(encoding="utf-8").readline()
    rating = "any_value(rating)" if "rating" in header else "round(log2(1 + count(*)) * 4096) / 4096"
    events = duckdb.sql(
        f"select user - 1 as user, item - 1 as item, {rating} as rating from read_csv('{csv}') group by user, item"
    ).fetchnumpy()
    matrix = sparse.coo_matrix((events["rating"].astype(float), (events["user"], events["item"]))).tocsr()
    return matrix, {"one": found["one"] - 1, "other": found["other"] - 1, "value": found["value"]}

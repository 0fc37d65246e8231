"""The peers' best settings for `compare`: each of a grid on validation parts of MovieLens 100K.

    python -m tests.benchmarks.grid

A fifth of what the first splits of `compare` may know is held back once more; their test parts are not looked at. Means of precision at 10,
the best settings first, and which values lie at the edge of the grid.
"""

import argparse
from collections.abc import Callable, Iterable
from itertools import product

import numpy as np
import pandas as pd

from .accuracy import ease, precision, split
from .compare import als, bpr, films

GRIDS: dict[str, tuple[Callable[..., pd.DataFrame], dict[str, tuple]]] = {
    "EASE": (ease, {"ridge": (100, 200, 300, 400, 500, 700, 1000)}),
    "implicit ALS": (als, {"factors": (16, 24, 32, 48, 64), "regularization": (5, 10, 20, 40, 80, 160), "alpha": (1, 2, 5, 10, 20)}),
    "implicit BPR": (bpr, {"factors": (32, 64, 100, 200), "learning_rate": (0.003, 0.01, 0.03, 0.1), "regularization": (0.003, 0.01, 0.03, 0.1)}),
}


def tried(who: str, parts: Iterable[tuple[pd.DataFrame, pd.DataFrame]]) -> list[tuple[float, dict]]:
    """Return each setting of the grid with its mean precision, the best first."""
    run, grid = GRIDS[who]
    settings = [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]
    found = [(float(np.mean([precision(run(known, **setting), held_out) for known, held_out in parts])), setting) for setting in settings]
    return sorted(found, key=lambda each: -each[0])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.grid", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--who", action="append", choices=GRIDS, help="these alone, repeatable")
    parser.add_argument("--splits", type=int, default=2)
    asked = parser.parse_args()
    parts = [split(films(seed)[0], 100 + seed) for seed in range(1, asked.splits + 1)]
    for who in asked.who or GRIDS:
        found = tried(who, parts)
        best, grid = found[0][1], GRIDS[who][1]
        edge = [name for name, values in grid.items() if best[name] in (values[0], values[-1])]
        print(f"{who}, {len(found)} settings, at the edge: {', '.join(edge) or 'none'}")
        for value, setting in found[:5]:
            print(f"  {value:.4f} {setting}", flush=True)


if __name__ == "__main__":
    main()

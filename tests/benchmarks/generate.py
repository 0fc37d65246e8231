"""Makes the data of the benchmark: `python -m tests.benchmarks.generate 1m`. The same seed gives the same file."""

import argparse
import json
import sys
import time
from pathlib import Path

import duckdb

from .purchases import purchases
from .ratings import ratings
from .shapes import SHAPES, Purchases, Ratings

DEFAULT_FOLDER = Path(".benchmarks")


def data(folder: Path, size: str, seed: int = 1) -> Path:
    """Return the folder with events.csv and events.parquet of a size; they are made if they are not there."""
    target = folder / size / f"seed-{seed}"
    if not (target / "marginals.json").exists():
        target.mkdir(parents=True, exist_ok=True)
        generate(SHAPES[size], target, seed)
    return target


def generate(shape: Ratings | Purchases, target: Path, seed: int) -> None:
    """Write events.csv, events.parquet and marginals.json; what lies in memory is a block of users."""
    blocks = ratings(shape, seed) if isinstance(shape, Ratings) else purchases(shape, seed)
    began, rows = time.monotonic(), 0
    (target / "events.duckdb").unlink(missing_ok=True)
    with duckdb.connect(str(target / "events.duckdb"), config={"memory_limit": "2GB"}) as con:
        for number, block in enumerate(blocks):  # noqa: B007  (read by name in SQL)
            con.execute("insert into events from block" if number else "create table events as from block")
            rows += len(block)
            print(f"\r{rows:,} events", end="", file=sys.stderr)
        for kind in ("csv", "parquet"):
            con.execute(f"copy events to '{target / f'events.{kind}'}'")
        found = marginals(con)
    (target / "events.duckdb").unlink()
    print(f"\r{rows:,} events in {time.monotonic() - began:.0f} s", file=sys.stderr)
    (target / "marginals.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def marginals(con: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """Count what the published descriptions of MovieLens say of it; ``pair_rows``: a row for each two of one user."""
    found = con.sql("""
        with
        pairs as (select user, item, count(*) as times from events group by all),
        profiles as (select user, count(*) as length from pairs group by all),
        sales as (select item, count(*) as people from pairs group by all)
        select
            (select count(*) from events) as events,
            (select count(*) from pairs) as pairs,
            (select count(*) from profiles) as users,
            (select count(*) from sales) as items,
            (select min(length) from profiles) as shortest_profile,
            (select median(length) from profiles) as median_profile,
            (select max(length) from profiles) as longest_profile,
            (select max(people) from sales) as top_item,
            (select median(people) from sales) as middle_item,
            (select cast(sum(length * length) as bigint) from profiles) as item_pair_rows,
            (select cast(sum(people * people) as bigint) from sales) as user_pair_rows
    """)
    return dict(zip(found.columns, found.fetchall()[0], strict=True))


#: how far from what is published a marginal may be, as a share of it
TOLERANCES = {
    "users": 0,
    "items": 0,
    "events": 0,
    "pairs": 0,
    "shortest_profile": 0,
    "median_profile": 0.02,
    "longest_profile": 0,
    "top_item": 0.03,
}


def astray(found: dict[str, float], shape: Ratings) -> dict[str, tuple[float, float]]:
    """Return {marginal: (found, published)} of those that are further off than their tolerance."""
    wanted = {**vars(shape), "events": shape.ratings, "pairs": shape.ratings}
    return {
        name: (found[name], wanted[name])
        for name, share in TOLERANCES.items()
        if abs(found[name] - wanted[name]) > share * wanted[name]
    }


def main() -> int:
    """Make one size, print its marginals beside the published ones; 1 if one is astray."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.generate", description=__doc__)
    parser.add_argument("size", choices=SHAPES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--data", type=Path, default=DEFAULT_FOLDER, help="where the data lie (default: %(default)s)"
    )
    asked = parser.parse_args()
    target, shape = data(asked.data, asked.size, asked.seed), SHAPES[asked.size]
    found = json.loads((target / "marginals.json").read_text(encoding="utf-8"))
    published = {**vars(shape), "events": getattr(shape, "ratings", None) or shape.events}
    print(target / "events.csv")
    for name, number in found.items():
        print(
            f"{name:>18} {number:>16,.0f}" + (f"   wanted {published[name]:,}" if name in published else "")
        )
    wrong = astray(found, shape) if isinstance(shape, Ratings) else {}
    for name, (is_now, wanted) in wrong.items():
        print(
            f"{name} is {is_now:,.0f} and should be {wanted:,} within {TOLERANCES[name]:.1%}", file=sys.stderr
        )
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())

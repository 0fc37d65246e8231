"""How much work the similarity self-joins will be: counted exactly, timed on a few real tiles, never guessed."""

import time
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

import duckdb

from recsys.kinds import empty_stand_in
from recsys.plan import Node, Plan

KERNEL = "similarity.nearest"
#: what one pair of a tile takes at most while its tile is worked on (keys, sums and the hash table's slack)
PAIR_BYTES = 100
TRIAL_PAIR_ROWS = 5_000_000
TRIALS = (0.1, 0.3, 0.5, 0.7, 0.9)  # which tiles are measured: those at which so much of the work is done


@dataclass(frozen=True)
class Effort:
    """The work on one axis."""

    axis: str
    entity_count: int
    pair_row_count: int
    seconds: float
    largest_tile: int
    threads: int
    heaviest: list[tuple[str, int, float]]

    @property
    def memory_bytes(self) -> int:
        return self.largest_tile * PAIR_BYTES * self.threads


def measure(con: duckdb.DuckDBPyConnection, plan: Plan) -> Iterator[Effort]:
    """Yield the effort of each axis; what the kernel reads is built already.

    A few of the kernel's own tiles are run and thrown away, so that the estimate knows this machine, these data
    and the chosen measures. Tiles run side by side, a thread each; each pair is met once, so half of its rows.
    """
    largest = dict(con.sql(
        "select axis, max(least(joined_row_count, (last_place_no - first_place_no + 1) * width)) from similarity.tile group by axis").fetchall())
    totals = con.sql("select axis, count(*), cast(sum(pair_row_count) as bigint) from similarity.work group by axis order by axis")
    empty_stand_in(con, plan.nodes[KERNEL])
    (threads,), = con.sql("select current_setting('threads')").fetchall()
    for axis, entities, pair_rows in totals.fetchall():
        seconds_per_row = _seconds_per_row(con, plan.nodes[KERNEL], axis, threads)
        heaviest = con.sql(
            f"select shared_id, holder_count, caused_share from similarity.heaviest where axis = '{axis}' order by heavy_rank"
        ).fetchall()
        yield Effort(axis, entities, pair_rows, seconds_per_row * pair_rows / 2 / threads, largest[axis], threads, heaviest)


def _seconds_per_row(con: duckdb.DuckDBPyConnection, kernel: Node, axis: str, threads: int) -> float:
    """Time some tiles, but none of those that would take seconds each: of their rows each costs less."""
    found = con.sql(
        f"select * from similarity.tile where axis = '{axis}' order by joined_row_count, first_place_no, other_first_place_no")
    tiles = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    fitting = [tile for tile in tiles if tile["joined_row_count"] <= TRIAL_PAIR_ROWS] or tiles[:1]
    so_far = list(accumulate(tile["joined_row_count"] for tile in fitting))
    seconds = pair_rows = 0.0
    con.execute("set threads = 1")
    for number in dict.fromkeys(bisect_left(so_far, so_far[-1] * place) for place in TRIALS):
        began = time.monotonic()
        con.execute(f"create or replace temp table trial as {kernel.tile_sql(fitting[number])}")
        seconds += time.monotonic() - began
        pair_rows += fitting[number]["joined_row_count"]
    con.execute("drop table if exists temp.trial")
    con.execute(f"set threads = {threads}")
    return seconds / max(pair_rows, 1)

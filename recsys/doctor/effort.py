"""How much work the similarity self-joins will be: counted exactly, timed on a few real tiles, never guessed."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import duckdb

from recsys.params import Params
from recsys.plan import Node, Plan

KERNEL = "similarity.neighbours"
#: what one pair row of a tile takes at most while its tile is worked on (keys, sums and the hash table's slack)
PAIR_BYTES = 100
TRIAL_PAIR_ROWS = 500_000
TRIALS = (0.05, 0.35, 0.65, 0.95)  # where in the order of tiles the measured ones lie: popular head to long tail


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


def measure(
    con: duckdb.DuckDBPyConnection, plan: Plan, params: Params, remake: Callable[[str, Params], Node]
) -> Iterator[Effort]:
    """Yield the effort of each axis; what the kernel reads is built already.

    A few of the kernel's own tiles, cut small and taken from head to tail, are run and thrown away, so that
    the estimate knows this machine, these data and the chosen measures. Tiles run side by side, a thread each.

    Args:
        remake: renders a model with other parameters.
    """
    largest = dict(con.sql("select axis, max(pair_row_count) from similarity.tile group by axis").fetchall())
    totals = con.sql("select axis, count(*), cast(sum(pair_row_count) as bigint) from similarity.work group by axis order by axis")
    small = params.override({"similarity.tile_pair_rows": min(TRIAL_PAIR_ROWS, params["similarity.tile_pair_rows"])}, "doctor")
    con.execute(f"create or replace table similarity.tile as {remake('similarity.tile', small).sql}")
    (threads,), = con.sql("select current_setting('threads')").fetchall()
    for axis, entities, pair_rows in totals.fetchall():
        seconds_per_row = _seconds_per_row(con, plan.nodes[KERNEL], axis, threads)
        heaviest = con.sql(
            f"select shared_id, holder_count, caused_share from similarity.heaviest where axis = '{axis}' order by heavy_rank"
        ).fetchall()
        yield Effort(axis, entities, pair_rows, seconds_per_row * pair_rows / threads, largest[axis], threads, heaviest)


def _seconds_per_row(con: duckdb.DuckDBPyConnection, kernel: Node, axis: str, threads: int) -> float:
    """Time some tiles; one that a single entity makes huge is passed over, for it would take as long as a refresh."""
    found = con.sql(f"select * from similarity.tile where axis = '{axis}' order by all")
    names, rows = found.columns, found.fetchall()
    tiles = [dict(zip(names, row, strict=True)) for row in rows]
    fitting = [tile for tile in tiles if tile["pair_row_count"] <= 2 * TRIAL_PAIR_ROWS]
    tiles = fitting or [min(tiles, key=lambda tile: tile["pair_row_count"])]
    seconds = pair_rows = 0.0
    con.execute("set threads = 1")
    for number in dict.fromkeys(int(len(tiles) * place) for place in TRIALS):
        began = time.monotonic()
        con.execute(f"create or replace temp table trial as {kernel.tile_sql(tiles[number])}")
        seconds += time.monotonic() - began
        pair_rows += tiles[number]["pair_row_count"]
    con.execute("drop table if exists temp.trial")
    con.execute(f"set threads = {threads}")
    return seconds / max(pair_rows, 1)

"""What the kernels take on this machine: a few of their own tiles are run and thrown away."""

import time
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate
from statistics import mean

import duckdb

from recsys.build import Builder
from recsys.effort import KERNEL, PAIR_BYTES, Effort, efforts
from recsys.graph import upstream
from recsys.kinds import empty_stand_in, tiles_of, work_of
from recsys.plan import Node, Plan
from recsys.progress import Silent
from recsys.render import literal

SCORING = "recommendation.blend"
TRIAL_PAIR_ROWS = 5_000_000
TRIALS = (0.1, 0.3, 0.5, 0.7, 0.9)  # which tiles are measured: those at which so much of the work is done
SCORING_TRIALS = (0.2, 0.5, 0.8)


def measured(con: duckdb.DuckDBPyConnection, plan: Plan, builder: Builder, progress: Silent) -> Iterator[Effort]:
    """Yield the work of every kernel, timed; what the self-join reads is built, in a database that is thrown away.

    So the estimate knows this machine, these data and the chosen measures and scorers. Tiles run side by side, a
    thread each; each pair is met once, so half of its rows.
    """
    kernel, (threads,) = plan.nodes[KERNEL], con.sql("select current_setting('threads')").fetchall()[0]
    empty_stand_in(con, kernel)
    tiles = tiles_of(con, kernel)
    for effort in list(efforts(con)):
        progress.model(f"trial.{effort.kernel}")
        con.execute("set threads = 1")
        seconds = _expected_seconds(con, kernel, [tile for tile in tiles if tile["axis"] == effort.axis])
        con.execute(f"set threads = {threads}")
        yield replace(effort, seconds=seconds / threads)
    if tiles:
        yield _scoring(con, plan, builder, progress, threads)


def _expected_seconds(con: duckdb.DuckDBPyConnection, kernel: Node, tiles: list[dict]) -> float:
    """Time some tiles, but none of those that would take seconds each: of their rows each costs less."""
    tiles = sorted(tiles, key=work_of)
    fitting = [tile for tile in tiles if work_of(tile) <= TRIAL_PAIR_ROWS] or tiles[:1]
    so_far = list(accumulate(map(work_of, fitting)))
    _timed(con, kernel, fitting[0])  # what is read for the first time takes longer
    chosen = [fitting[bisect_left(so_far, so_far[-1] * place)] for place in TRIALS]
    return mean(_timed(con, kernel, tile) / work_of(tile) for tile in chosen) * sum(map(work_of, tiles))


def _timed(con: duckdb.DuckDBPyConnection, kernel: Node, tile: dict) -> float:
    began = time.monotonic()
    con.execute(f"create or replace temp table trial as {kernel.tile_sql(tile)}")
    seconds = time.monotonic() - began
    con.execute("drop table temp.trial")
    return seconds


def _scoring(con: duckdb.DuckDBPyConnection, plan: Plan, builder: Builder, progress: Silent, threads: int) -> Effort:
    """Score some strips of users by neighbours that are made up, as many as there will be.

    The others take as long for each thing that their users have.
    """
    _suppose_neighbours(con, plan, builder)
    needed = upstream(plan.inputs, [SCORING, "score.contributions"]) - {SCORING}
    for node in plan.nodes.values():
        if node.table in needed and node.table not in builder.comments:
            progress.model(node.table)
            builder.build(node)
    kernel = plan.nodes[SCORING]
    tiles = tiles_of(con, kernel)
    chosen = [tiles[number] for number in dict.fromkeys(int(len(tiles) * place) for place in SCORING_TRIALS)]
    progress.model("trial.scoring")
    rows = [_count(con, "score.contributions", tile) for tile in chosen]
    con.execute("set threads = 1")
    seconds = sum(_timed(con, kernel, tile) for tile in chosen)
    con.execute(f"set threads = {threads}")
    users, pairs = con.sql("select count(distinct user_no), count(*) from profile.user_item").fetchall()[0]
    part = pairs / max(sum(_count(con, "profile.user_item", tile) for tile in chosen), 1)
    return Effort("scoring", users, round(sum(rows) * part), max(rows) * PAIR_BYTES * threads, seconds * part / threads)


def _suppose_neighbours(con: duckdb.DuckDBPyConnection, plan: Plan, builder: Builder) -> None:
    measure = plan.nodes["score.contributions"].context["measure"]
    con.execute(f"drop view {KERNEL}")
    con.execute(f"create table {KERNEL} as select {literal(measure)} as measure, * from similarity.supposed")
    builder.comments[KERNEL] = dict.fromkeys(con.sql(f"from {KERNEL} limit 0").columns, "")


def _count(con: duckdb.DuckDBPyConnection, table: str, tile: dict) -> int:
    of_tile = f"user_no between {tile['first_no']} and {tile['last_no']}"
    return con.sql(f"select count(*) from {table} where {of_tile}").fetchall()[0][0]

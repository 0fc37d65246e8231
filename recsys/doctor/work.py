"""How much work a refresh will be, before it begins: for the doctor a line for each kernel, for a dry run the numbers too."""

from collections.abc import Sequence

import duckdb
import pandas as pd

from recsys.build import Builder
from recsys.config import Config
from recsys.doctor.finding import Finding
from recsys.doctor.trial import measured
from recsys.effort import KERNEL, NEEDED, REMEDIES, Effort, memory_limit, misfit
from recsys.engine import scratch
from recsys.graph import upstream
from recsys.interrupt import interruptible
from recsys.library import Library
from recsys.params import Params
from recsys.plan import Plan, make_plan
from recsys.progress import Silent
from recsys.refresh import utc_now
from recsys.sources import prepare, run_context
from recsys.words import counted, duration, large, percent, size

SLOW_SECONDS = 600
#: a single user or item that causes more of the work than this is worth a look
HEAVY_SHARE = 0.2
NEGLIGIBLE_ROWS = 1_000_000


def dry_run(
    config: Config, library: Library, params: Params, progress: Silent, *, threads: int | None = None, memory: str | None = None
) -> tuple[list[tuple[str, pd.DataFrame]], bool]:
    """Return (title, table) of what a refresh would have to do, and whether it can; nothing is kept or published.

    Everything up to the self-join is built and checked in a database that is thrown away.

    Raises:
        RecsysError: what would stop a refresh before that.
    """
    limits = {"threads": threads, "memory_limit": memory}
    with scratch(library, config, "scratch.duckdb", **limits) as (con, temp), interruptible(con), progress:
        plan = make_plan(library, params, run_context(prepare(con, config, params, temp), config, 0, utc_now()))
        builder = Builder(con)
        nodes = [plan.nodes[name] for name in plan.nodes if name in upstream(plan.inputs, [KERNEL, *NEEDED]) - {KERNEL}]
        progress.total(len(nodes))
        for node in nodes:
            progress.model(node.table)
            progress.built(builder.build(node))
        found = list(measured(con, plan, builder, progress))
        lines = [_finding(effort, con, params) for effort in found]
    fits = all(line.state != "no" for line in lines)
    return [("Work", pd.DataFrame(lines, columns=["topic", "state", "there", "missing"])), *_numbers(found)], fits


def work_found(con: duckdb.DuckDBPyConnection, plan: Plan, builder: Builder, params: Params) -> list[Finding]:
    """Return a line for each kernel; what is upstream of the self-join is built."""
    return [_finding(effort, con, params) for effort in measured(con, plan, builder, Silent())]


def _finding(effort: Effort, con: duckdb.DuckDBPyConnection, params: Params) -> Finding:
    (pairs,), = con.sql("select count(*) from profile.user_item").fetchall()
    there = (
        f"{counted(effort.entity_count, effort.axis or 'user')}, {counted(pairs, 'user-item pair')}: {large(effort.pair_row_count)} pair rows, "
        f"about {duration(effort.seconds)} and {size(effort.memory_bytes)} here (estimate)"
    )
    for heavy in effort.heaviest[:1]:
        there += (f"; heaviest {effort.sharing} {heavy.shared_id} with {counted(heavy.holder_count, effort.axis)}: "
                  f"{percent(heavy.pair_row_share)} of it")
    if wrong := misfit(effort, memory_limit(con), params["similarity.max_pair_rows"]):
        return Finding(f"work for {effort.kernel}", "no", there, f"a refresh would stop: {wrong}")
    advice = []
    if effort.heaviest and effort.heaviest[0].pair_row_share >= HEAVY_SHARE and effort.pair_row_count >= NEGLIGIBLE_ROWS:
        suspects = "a robot, a till's default card" if effort.sharing == "user" else "a bag, postage, what nearly everybody has"
        advice.append(f"{suspects}? Leave it out with {REMEDIES[effort.axis]}" + (f", or cap: {effort.best_cap}" if effort.best_cap else ""))
    if effort.seconds > SLOW_SECONDS:
        advice.append("long: fewer old events with `where`, a machine with more cores"
                      + (f", or a cap: {effort.best_cap}" if effort.best_cap and not advice else ""))
    return Finding(f"work for {effort.kernel}", "warning" if advice else "ok", there, "; ".join(advice))


def _numbers(found: Sequence[Effort]) -> list[tuple[str, pd.DataFrame]]:
    work = [{"kernel": effort.kernel, "entity_count": effort.entity_count, "pair_row_count": effort.pair_row_count,
             "seconds": round(effort.seconds, 1), "memory_mb": round(effort.memory_bytes / 2**20)} for effort in found]
    heavy = [{"kernel": effort.kernel, "because_of": effort.sharing, **vars(heavy)} for effort in found for heavy in effort.heaviest]
    caps = [vars(cap) for effort in found for cap in effort.caps]
    parts = [("In numbers", work), ("Whom the pair rows come from", heavy), ("What a cap would leave out and save", caps)]
    return [(title, pd.DataFrame(rows)) for title, rows in parts if rows]

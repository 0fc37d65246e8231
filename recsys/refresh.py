"""A refresh: all or nothing. Build in the workspace, check, publish; readers see the last one meanwhile."""

import datetime as dt
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import duckdb

from recsys import differences, meta
from recsys.build import Builder, Built
from recsys.config import Config
from recsys.definitions import with_definitions
from recsys.effort import KERNEL, refuse_misfits
from recsys.engine import start_engine
from recsys.files import check_target
from recsys.library import Library
from recsys.params import Params
from recsys.plan import Plan, for_refresh, make_plan, narrowed
from recsys.progress import Silent
from recsys.publish import publish
from recsys.recovery import recover
from recsys.sources import prepare, run_context
from recsys.workspace import Paths, lock, open_workspace


@dataclass(frozen=True)
class Refreshed:
    """What a refresh came to."""

    run_id: int
    seconds: float
    built: list[Built]
    publish_seconds: float = 0.0


def utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def refresh(
    config: Config,
    library: Library,
    params: Params,
    *,
    progress: Silent | None = None,
    threads: int | None = None,
    memory_limit: str | None = None,
    republish: bool = False,
    select: Sequence[str] = (),
    on_step: Callable[[str], None] = lambda name: None,
) -> Refreshed:
    """Build everything anew and publish it.

    Args:
        republish: go on although the file that was published last is gone.
        select: build only these models and what they are made from, and publish nothing.
        on_step: called with the name of each step of the publish protocol before it is done.

    Raises:
        RecsysError: anything the user can mend; the published file is as it was.
    """
    progress = progress or Silent()
    began = time.monotonic()
    paths = Paths(config.folder, config.database)
    with lock(paths, "refresh"), open_workspace(paths, memory_limit=memory_limit, threads=threads) as con, progress:
        check_target(paths)  # now, not after an hour of work
        meta.create(con)
        histories = [model.table for model in library.models.values() if model.kind == "history"]
        if note := recover(con, paths, histories, republish=republish):
            progress.note(note)
        started_at = utc_now()
        run_id = meta.begin_run(con, started_at)
        start_engine(con, library, config)
        inputs = prepare(con, config, params, paths.temp)
        plan = for_refresh(make_plan(library, params, run_context(inputs, config, run_id, started_at)))
        plan = with_definitions(plan, library)
        if select:
            plan = narrowed(plan, select)
        else:
            meta.drop_leftovers(con, library, plan)
        built = build_all(con, plan, progress, params)
        if select:
            return Refreshed(run_id, time.monotonic() - began, built)
        meta.record(con, run_id, plan, built, params, utc_now())
        differences.note(con, paths)
        order_by = {
            node.model.name: node.model.order for node in plan.nodes.values() if node.model.schema == "mart"
        }
        progress.model("mart.publish")
        ready = time.monotonic()
        publish(con, paths, run_id, order_by, library.macros("published.sql"), on_step)
    return Refreshed(run_id, time.monotonic() - began, built, time.monotonic() - ready)


def build_all(con: duckdb.DuckDBPyConnection, plan: Plan, progress: Silent, params: Params) -> list[Built]:
    """Build a plan's models in order; the self-join only if it can fit."""
    builder = Builder(con)
    progress.total(len(plan.nodes))
    built = []
    for node in plan.nodes.values():
        if node.table == KERNEL:
            for line in refuse_misfits(con, params["similarity.max_pair_rows"]):
                progress.note(f"  {line}")
        progress.model(node.table)
        built.append(builder.build(node, progress.tick))
        progress.built(built[-1])
    return built

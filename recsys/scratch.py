"""The same graph once more, in a database that is thrown away, over part of what was read.

The training part of a split, or what was known on a date: staging.interactions is narrowed and everything
that follows from it is built anew, so nothing can leak and no model needs to know.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pandas as pd

from recsys.build import Builder
from recsys.definitions import with_definitions
from recsys.engine import start_engine
from recsys.errors import RecsysError
from recsys.graph import upstream
from recsys.interrupt import interruptible
from recsys.kinds import drop
from recsys.plan import Plan, make_plan, narrowed
from recsys.progress import Silent
from recsys.project import Project
from recsys.refresh import utc_now
from recsys.render import Identifier, literal
from recsys.sources import no_inputs, run_context
from recsys.workspace import Paths

FILTERED = "staging.interactions"


@contextmanager
def scratch_run(
    project: Project,
    keep: str,
    targets: Sequence[str],
    *,
    everything: bool = False,
    first: Sequence[str] = (),
    run_id: int = 0,
    frames: Mapping[str, pd.DataFrame] | None = None,
    given: Mapping[str, str] | None = None,
    begun: Mapping[str, str] | None = None,
    progress: Silent | None = None,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Build ``targets`` over the interactions for which ``keep`` is true; yield the connection.

    What the last refresh made of other inputs is taken over, unless a parameter has another value now.

    Args:
        keep: SQL over the columns of staging.interactions, such as "occurred_on <= date '2017-06-30'".
        targets: models, folders or patterns.
        everything: build members without weight too.
        first: tables to build while all interactions are in sight, and to keep so; ``keep`` may read them.
        run_id: the refresh that the rows are said to come from.
        frames: tables that templates know by name, such as the rows of a split that somebody gives.
        given: {table: SQL of its rows}, instead of building it.
        begun: {history: SQL of the rows that it goes on from}.

    Raises:
        RecsysError: no refresh has filled the workspace yet, or ``keep`` does not fit.
    """
    paths, progress = Paths(project.folder, project.config.database), progress or Silent()
    if not paths.workspace.exists():
        raise RecsysError(f"{paths.workspace} is not there yet: run `recsys refresh`")
    run = run_context(no_inputs(project.config), project.config, run_id, utc_now())
    run |= {name: Identifier(name) for name in frames or {}}
    plan = with_definitions(narrowed(make_plan(project.library, project.params, run, everything=everything), targets), project.library)
    given, begun = given or {}, begun or {}
    early = upstream(plan.inputs, first)
    with (
        TemporaryDirectory(prefix="recsys-") as folder, duckdb.connect(str(Path(folder) / "scratch.duckdb")) as con,
        interruptible(con),
    ):
        start_engine(con, project.library, project.config)
        con.execute(f"set timezone = 'UTC'; set temp_directory = {literal(folder)}")
        con.execute(f"attach {literal(str(paths.workspace))} as known (read_only)")
        for name, frame in (frames or {}).items():
            con.register(name, frame)
        anew = _not_as_refreshed(con, project, plan, run, everything)
        anew |= given.keys() | begun.keys()
        changed = {name for name in plan.nodes if (anew | {FILTERED}) & upstream(plan.inputs, [name])}
        builder = Builder(con, check=False)
        progress.total(len(changed))

        def provide(name: str, build: bool) -> None:
            node = plan.nodes[name]
            con.execute(f"create schema if not exists {node.model.schema}")
            if sql := given.get(name) or begun.get(name):
                con.execute(f"create table {name} as {sql}")
            if build and name not in given:
                progress.model(name)
                progress.built(builder.build(node, progress.tick))
            elif name not in given:
                con.execute(f"create view {name} as from known.{name}")
            builder.comments[name] = dict.fromkeys(con.sql(f"from {name} limit 0").columns, "")

        for name in plan.nodes:
            if name in early:
                provide(name, name in anew)
        for name in plan.nodes:
            if name == FILTERED:
                con.execute(f"create schema if not exists {plan.nodes[name].model.schema}")
                drop(con, FILTERED)
                _narrow(con, keep)
                builder.comments[name] = dict.fromkeys(con.sql(f"from {name} limit 0").columns, "")
            elif name not in early or (name in changed and name not in first):  # nothing else that has seen it all stays
                provide(name, name in changed)
        yield con


def _narrow(con: duckdb.DuckDBPyConnection, keep: str) -> None:
    try:
        con.execute(f"create table {FILTERED} as from known.{FILTERED} as interactions where {keep}")
    except duckdb.Error as error:
        raise RecsysError(f"'{keep}' does not fit {FILTERED}: {str(error).splitlines()[0]}") from None


def _not_as_refreshed(con, project: Project, plan: Plan, run: Mapping[str, Any], everything: bool) -> set[str]:
    """Return the models that the last refresh did not build, or built with other values than are set now.

    Raises:
        RecsysError: one of them decides how the sources are read, which a scratch run does not do again.
    """
    there = {name for (name,) in con.execute(
        "select schema_name || '.' || table_name from duckdb_tables() where database_name = 'known' "
        "union all select schema_name || '.' || view_name from duckdb_views() where database_name = 'known'").fetchall()}
    then = {name: json.loads(value) for name, value in con.sql("select name, value from known.meta.params").fetchall()}
    differing = {name: value for name, value in then.items() if name in project.params.values and project.params[name] != value}
    found = set(plan.nodes) - there
    if differing:
        before = make_plan(project.library, project.params.override(differing, "the last refresh"), run, everything=everything)
        found |= {name for name, node in plan.nodes.items() if name not in before.nodes or before.nodes[name].sql != node.sql}
    if stale := [name for name in sorted(found & there) if name.startswith("raw.")]:
        raise RecsysError(f"{', '.join(sorted(differing))} changed since the last refresh, and with it how {stale[0]} is read: "
                          "run `recsys refresh` first")
    return found

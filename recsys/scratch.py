"""The same graph once more, in a database that is thrown away, over part of what was read.

The training part of a split, or what was known on a date: staging.interactions is narrowed and everything
that follows from it is built anew, so nothing can leak and no model needs to know. It can be built again with
other parameters: what they do not touch is not built again.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pandas as pd

from recsys.engine import start_engine
from recsys.errors import RecsysError
from recsys.interrupt import interruptible
from recsys.limits import limit
from recsys.progress import Silent
from recsys.project import Project
from recsys.refresh import utc_now
from recsys.render import Identifier, literal
from recsys.scratchbuild import Scratch
from recsys.sources import no_inputs, run_context
from recsys.workspace import Paths

FILTERED = "staging.interactions"


@contextmanager
def open_scratch(
    project: Project, *, everything: bool = False, run_id: int = 0, run_at: dt.datetime | None = None,
    frames: Mapping[str, pd.DataFrame] | None = None, progress: Silent | None = None,
) -> Iterator[Scratch]:
    """Open a database that is gone afterwards, beside what the last refresh has made.

    Args:
        everything: build members without weight too.
        run_id, run_at: the refresh that the rows are said to come from, and its time; now where none is given.
        frames: tables that templates know by name, such as the rows of a split that somebody gives.

    Raises:
        RecsysError: no refresh has filled the workspace yet.
    """
    paths = Paths(project.folder, project.config.database)
    if not paths.workspace.exists():
        raise RecsysError(f"{paths.workspace} is not there yet: run `recsys refresh`")
    run = run_context(no_inputs(project.config), project.config, run_id, run_at or utc_now())
    run |= {name: Identifier(name) for name in frames or {}}
    with TemporaryDirectory(prefix="recsys-") as folder, duckdb.connect(f"{folder}/scratch.duckdb") as con, interruptible(con):
        limit(con)
        start_engine(con, project.library, project.config)
        con.execute(f"set timezone = 'UTC'; set temp_directory = {literal(folder)}")
        con.execute(f"attach {literal(str(paths.workspace))} as known (read_only)")
        for name, frame in (frames or {}).items():
            con.register(name, frame)
        yield Scratch(con, project, run, everything, progress or Silent())


@contextmanager
def scratch_run(
    project: Project, keep: str, targets: Sequence[str], *, first: Sequence[str] = (),
    given: Mapping[str, str] | None = None, begun: Mapping[str, str] | None = None, **options: Any,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Build ``targets`` over the interactions for which ``keep`` is true; yield the connection.

    What the last refresh made of other inputs is taken over, unless a parameter has another value now.

    Args:
        keep: SQL over the columns of staging.interactions, such as "occurred_on <= date '2017-06-30'".
        targets: models, folders or patterns.
        first: tables to build while all interactions are in sight, and to keep so; ``keep`` may read them.
        given: {table: SQL of its rows}, instead of building it.
        begun: {history: SQL of the rows that it goes on from}.
        options: see open_scratch.

    Raises:
        RecsysError: no refresh has filled the workspace yet, or ``keep`` does not fit.
    """
    with open_scratch(project, **options) as scratch:
        scratch.begun.update(begun or {})
        for table, rows in (given or {}).items():
            scratch.give(table, rows)
        if first:
            scratch.build(scratch.plan(first))
        for table in first:
            scratch.keep(table)
        scratch.narrow(FILTERED, keep)
        scratch.build(scratch.plan(targets))
        yield scratch.con

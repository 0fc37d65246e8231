"""The same graph once more, in a database that is thrown away, over part of what was read.

The training part of a split, or what was known on a date: staging.interactions is narrowed and everything
that follows from it is built anew, so nothing can leak and no model needs to know.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from recsys.build import Builder
from recsys.engine import start_engine
from recsys.errors import RecsysError
from recsys.graph import upstream
from recsys.plan import make_plan, narrowed
from recsys.project import Project
from recsys.refresh import utc_now
from recsys.render import literal
from recsys.sources import no_inputs, run_context
from recsys.workspace import Paths

FILTERED = "staging.interactions"


@contextmanager
def scratch_run(
    project: Project, keep: str, targets: Sequence[str], *, everything: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Build ``targets`` over the interactions for which ``keep`` is true; yield the connection.

    Args:
        keep: SQL over the columns of staging.interactions, such as "occurred_on <= date '2017-06-30'".
        targets: models, folders or patterns.
        everything: build members without weight too.

    Raises:
        RecsysError: no refresh has filled the workspace yet, or ``keep`` does not fit.
    """
    paths = Paths(project.folder, project.config.database)
    if not paths.workspace.exists():
        raise RecsysError(f"{paths.workspace} is not there yet: run `recsys refresh`")
    run = run_context(no_inputs(project.config), project.config, 0, utc_now())
    plan = narrowed(make_plan(project.library, project.params, run, everything=everything), targets)
    changed = {name for name in plan.nodes if FILTERED in upstream(plan.inputs, [name])}
    with TemporaryDirectory(prefix="recsys-") as folder, duckdb.connect(str(Path(folder) / "scratch.duckdb")) as con:
        start_engine(con, project.library, project.config)
        con.execute(f"set timezone = 'UTC'; set temp_directory = {literal(folder)}")
        con.execute(f"attach {literal(str(paths.workspace))} as known (read_only)")
        builder = Builder(con, check=False)
        for node in plan.nodes.values():
            con.execute(f"create schema if not exists {node.model.schema}")
            if node.table == FILTERED:
                _narrow(con, keep)
            elif node.table in changed:
                builder.build(node)
                continue
            else:
                con.execute(f"create view {node.table} as from known.{node.table}")
            builder.comments[node.table] = dict.fromkeys(con.sql(f"from {node.table} limit 0").columns, "")
        yield con


def _narrow(con: duckdb.DuckDBPyConnection, keep: str) -> None:
    try:
        con.execute(f"create table {FILTERED} as from known.{FILTERED} where {keep}")
    except duckdb.Error as error:
        raise RecsysError(f"'{keep}' does not fit {FILTERED}: {str(error).splitlines()[0]}") from None

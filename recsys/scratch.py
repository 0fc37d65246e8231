"""The same graph once more, in a database that is thrown away, over part of what was read.

The training part of a split, or what was known on a date: staging.interactions is narrowed and everything
that follows from it is built anew, so nothing can leak and no model needs to know. It can be built again with
other parameters: what they do not touch is not built again.
"""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pandas as pd

from recsys.addresses import Planned, addresses, hashed
from recsys.build import Builder
from recsys.engine import start_engine
from recsys.errors import RecsysError
from recsys.interrupt import interruptible
from recsys.kinds import drop
from recsys.params import Params
from recsys.plan import Node, Plan, make_plan, narrowed, selected
from recsys.progress import Silent
from recsys.project import Project
from recsys.refresh import utc_now
from recsys.render import Identifier, literal, quoted
from recsys.sources import no_inputs, run_context
from recsys.workspace import Paths

FILTERED = "staging.interactions"
#: tables of these layers are put by for the next build that has the same, unless they are large
PUT_BY, PUT_BY_ROWS = ("similarity", "score"), 5_000_000


class Scratch:
    """The graph over part of what the last refresh has read, built as often as one likes.

    Every table has an address: its SQL and the addresses of what it is made from. Where one lies already that has the
    address of what is wanted, in the last refresh too, it is taken as it is.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, project: Project, run: Mapping[str, Any], everything: bool, progress: Silent) -> None:
        self.con, self.project, self.run, self.everything, self.progress = con, project, run, everything, progress
        self.builder = Builder(con, check=False, comment=False)
        self.there: dict[str, str] = {}  #: {table: its address}
        self.kept: dict[str, str] = {}  #: those that stay as they are, whatever becomes of what they are made from
        self.put_by: dict[str, str] = {}  #: {address: under which name its table waits}
        self.differing: list[str] = []
        self.known = self._known()

    def plan(self, targets: Sequence[str], params: Params | None = None, only: Mapping[str, str] | None = None) -> Planned:
        """Plan a build of ``targets``.

        Args:
            only: {table: SQL over its columns}; of a table or view that is named only such rows are made.

        Raises:
            RecsysError: a parameter has changed that decides how the sources are read, which is not done again here.
        """
        whole = narrowed(make_plan(self.project.library, params or self.project.params, self.run, everything=self.everything), targets)
        plan = Plan({name: _only(node, (only or {}).get(name)) for name, node in whole.nodes.items()})
        found = addresses(plan, self.kept)
        if stale := [name for name in sorted(plan.nodes) if name.startswith("raw.") and self.known.get(name, found[name]) != found[name]]:
            raise RecsysError(f"{', '.join(self.differing)} changed since the last refresh, and with it how {stale[0]} is read: "
                              "run `recsys refresh` first")
        return Planned(plan, found, selected(plan.nodes, targets))

    def build(self, planned: Planned) -> None:
        """Make what is planned and not there yet."""
        needed = self._needed(planned)
        self.progress.total(len(needed))
        for name, node in planned.plan.nodes.items():
            if name in needed:
                self._provide(node, planned.addresses[name])

    def keep(self, table: str) -> None:
        """From now on the table stays as it is."""
        self.kept[table] = self.there[table]

    def narrow(self, table: str, keep: str) -> None:
        """From now on a table that was refreshed holds only the rows for which ``keep`` is true."""
        (schema, name), source = table.split("."), table if table in self.there else f"known.{table}"
        self.con.execute(f"create schema if not exists {schema}")
        try:
            self.con.execute(f"create table {table}__next as from {source} as {name} where {keep}")
        except duckdb.Error as error:
            raise RecsysError(f"'{keep}' does not fit {table}: {str(error).splitlines()[0]}") from None
        drop(self.con, table)
        self.con.execute(f"alter table {table}__next rename to {quoted(name)}")
        self.there[table] = self.kept[table] = hashed(self.there.get(table, ""), keep, *self.kept.values())

    def _known(self) -> dict[str, str]:
        """Return the addresses of what the last refresh has made, by its parameters."""
        there = {name for (name,) in self.con.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where database_name = 'known' "
            "union all select schema_name || '.' || view_name from duckdb_views() where database_name = 'known'").fetchall()}
        then = {name: json.loads(value) for name, value in self.con.sql("select name, value from known.meta.params").fetchall()}
        params = self.project.params
        differing = {name: value for name, value in then.items() if name in params.values and params[name] != value}
        self.differing = sorted(differing)
        plan = make_plan(self.project.library, params.override(differing, "the last refresh"), self.run, everything=self.everything)
        return {name: address for name, address in addresses(plan, {}).items() if name in there}

    def _needed(self, planned: Planned) -> set[str]:
        """Return what has to be made: a table that is to be had needs nothing that it was made from, a view does."""
        found, seen, waiting, inputs = set(), set(), list(planned.targets), planned.plan.inputs
        while waiting:
            if (name := waiting.pop()) in seen:
                continue
            seen.add(name)
            address = planned.addresses[name]
            is_to_be_had = address in (self.there.get(name), self.known.get(name)) or address in self.put_by
            if self.there.get(name) != address:
                found.add(name)
            is_view = planned.plan.nodes[name].model.kind == "view" and self.known.get(name) != address
            if not is_to_be_had or is_view:
                waiting += inputs[name]
        return found

    def _provide(self, node: Node, address: str) -> None:
        name = node.table
        self.con.execute(f"create schema if not exists {node.model.schema}")
        self._put_by(node)
        drop(self.con, name)
        if address in self.put_by:
            self.con.execute(f"alter table {self.put_by.pop(address)} rename to {quoted(node.model.name)}")
        elif self.known.get(name) == address:
            self.con.execute(f"create view {name} as from known.{name}")
        else:
            self.progress.model(name)
            self.progress.built(self.builder.build(node, self.progress.tick))
        self.there[name] = address

    def _put_by(self, node: Node) -> None:
        address = self.there.pop(node.table, None)
        if address is None or node.model.schema not in PUT_BY or node.model.kind == "view" or self.known.get(node.table) == address:
            return
        if self.con.sql(f"select count(*) from {node.table}").fetchall()[0][0] <= PUT_BY_ROWS:
            waiting = f"{node.model.name}__{address[:16]}"
            self.con.execute(f"alter table {node.table} rename to {quoted(waiting)}")
            self.put_by[address] = f"{node.model.schema}.{quoted(waiting)}"


def _only(node: Node, keep: str | None) -> Node:
    return replace(node, sql=f"select * from ({node.sql}\n) as {node.model.name} where {keep}") if keep else node


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
        start_engine(con, project.library, project.config)
        con.execute(f"set timezone = 'UTC'; set temp_directory = {literal(folder)}")
        con.execute(f"attach {literal(str(paths.workspace))} as known (read_only)")
        for name, frame in (frames or {}).items():
            con.register(name, frame)
        yield Scratch(con, project, run, everything, progress or Silent())


@contextmanager
def scratch_run(project: Project, keep: str, targets: Sequence[str], *, first: Sequence[str] = (), **options: Any) -> Iterator[duckdb.DuckDBPyConnection]:
    """Build ``targets`` over the interactions for which ``keep`` is true; yield the connection.

    What the last refresh made of other inputs is taken over, unless a parameter has another value now.

    Args:
        keep: SQL over the columns of staging.interactions, such as "occurred_on <= date '2017-06-30'".
        targets: models, folders or patterns.
        first: tables to build while all interactions are in sight, and to keep so; ``keep`` may read them.
        options: see open_scratch.

    Raises:
        RecsysError: no refresh has filled the workspace yet, or ``keep`` does not fit.
    """
    with open_scratch(project, **options) as scratch:
        if first:
            scratch.build(scratch.plan(first))
        for table in first:
            scratch.keep(table)
        scratch.narrow(FILTERED, keep)
        scratch.build(scratch.plan(targets))
        yield scratch.con

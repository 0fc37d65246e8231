"""What a scratch run builds of the graph, as often as one likes, and what it takes as it is."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import duckdb

from recsys.addresses import Planned, addresses, hashed
from recsys.build import Builder
from recsys.definitions import TABLE as DEFINITIONS
from recsys.definitions import with_definitions
from recsys.errors import RecsysError
from recsys.params import Params
from recsys.plan import Node, Plan, make_plan, narrowed, selected
from recsys.progress import Silent
from recsys.project import Project
from recsys.render import quoted

#: tables of these layers are put by for the next build that has the same: unless they are large, and so many rows in all
PUT_BY, PUT_BY_ROWS, PUT_BY_ROWS_IN_ALL = ("similarity", "score"), 5_000_000, 100_000_000


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
        self.put_by: dict[str, tuple[str, int]] = {}  #: {address: under which name its table waits, its rows}; the oldest first
        self.begun: dict[str, str] = {}  #: {history: SQL of the rows that it goes on from}
        self.differing: list[str] = []
        self.known = self._known()

    def plan(
        self, targets: Sequence[str], params: Params | None = None, only: Mapping[str, str] | None = None, summed: str = "",
    ) -> Planned:
        """Plan a build of ``targets``.

        Args:
            only: {table: SQL over its columns}; of a table or view that is named only such rows are made.
            summed: SQL over users; each scorer is a table then, of what it adds to each of these users' items, so that it
                is done once for all weights that it may have.

        Raises:
            RecsysError: a parameter has changed that decides how the sources are read, which is not done again here.
        """
        whole = self._plan(params or self.project.params, targets)
        plan = Plan({name: _summed(node, summed) or _only(node, (only or {}).get(name)) for name, node in whole.nodes.items()})
        found = addresses(plan, self.kept, self.begun)
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

    def give(self, table: str, rows: str) -> None:
        """From now on the table holds what the SQL in ``rows`` finds, and nothing else."""
        self.con.execute(f"create schema if not exists {table.split('.')[0]}")
        self.con.execute(f"create table {table} as {rows}")
        self.there[table] = self.kept[table] = hashed(rows)

    def narrow(self, table: str, keep: str) -> None:
        """From now on a table that was refreshed holds only the rows for which ``keep`` is true."""
        (schema, name), source = table.split("."), table if table in self.there else f"known.{table}"
        self.con.execute(f"create schema if not exists {schema}")
        try:
            self.con.execute(f"create table {table}__next as from {source} as {name} where {keep}")
        except duckdb.Error as error:
            raise RecsysError(f"'{keep}' does not fit {table}: {str(error).splitlines()[0]}") from None
        _drop(self.con, table)
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
        plan = self._plan(params.override(differing, "the last refresh"))
        return {name: address for name, address in addresses(plan).items() if name in there}

    def _plan(self, params: Params, targets: Sequence[str] = ("*",)) -> Plan:
        whole = make_plan(self.project.library, params, self.run, everything=self.everything)
        plan = narrowed(whole, targets)
        return narrowed(with_definitions(whole, self.project.library), targets) if DEFINITIONS in plan.nodes else plan

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
        _drop(self.con, name)
        if address in self.put_by:
            self.con.execute(f"alter table {self.put_by.pop(address)[0]} rename to {quoted(node.model.name)}")
        elif self.known.get(name) == address:
            self.con.execute(f"create view {name} as from known.{name}")
        else:
            self.progress.model(name)
            if name in self.begun:
                self.con.execute(f"create table {name} as {self.begun[name]}")
            self.progress.built(self.builder.build(node, self.progress.tick))
        self.there[name] = address

    def _put_by(self, node: Node) -> None:
        address = self.there.pop(node.table, None)
        is_table = "select 1 from duckdb_tables() where database_name = current_database() and schema_name || '.' || table_name = ?"
        if address is None or node.model.schema not in PUT_BY or not self.con.execute(is_table, [node.table]).fetchall():
            return
        rows = self.con.sql(f"select count(*) from {node.table}").fetchall()[0][0]
        if rows <= PUT_BY_ROWS:
            waiting = f"{node.model.name}__{address[:16]}"
            self.con.execute(f"alter table {node.table} rename to {quoted(waiting)}")
            self.put_by[address] = f"{node.model.schema}.{quoted(waiting)}", rows
        while sum(rows for _, rows in self.put_by.values()) > PUT_BY_ROWS_IN_ALL:
            self.con.execute(f"drop table {self.put_by.pop(next(iter(self.put_by)))[0]}")


def _summed(node: Node, keep: str) -> Node | None:
    """What a scorer adds is exact in any order, so that sums may be added up too."""
    if not keep or node.model.schema != "score" or not node.model.is_member:
        return None
    sql = (f"select user_no, item_no, any_value(source_kind) as source_kind, 0 as source_no, sum(contribution) as contribution\n"
           f"from ({node.sql}\n) as {node.model.name} where {keep} group by all")
    return replace(node, sql=sql, model=replace(node.model, keys=node.model.keys | {"kind": ["table"]}))


def _drop(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Drop what has the name: a table, or a view of what the last refresh has made."""
    schema, name = table.split(".")
    for (kind,) in con.execute("select table_type from information_schema.tables where table_catalog = current_database() "
                               "and table_schema = ? and table_name = ?", [schema, name]).fetchall():
        con.execute(f"drop {'view' if kind == 'VIEW' else 'table'} {table}")


def _only(node: Node, keep: str | None) -> Node:
    return replace(node, sql=f"select * from ({node.sql}\n) as {node.model.name} where {keep}") if keep else node

"""Builds one model of a plan in the workspace: by its kind, with comments, then checked."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import duckdb

from recsys.checks import Failure, failures
from recsys.errors import RecsysError
from recsys.files import out_of_room
from recsys.plan import Node
from recsys.render import literal, quoted
from recsys.sidebyside import run_side_by_side
from recsys.sqltext import final_columns

Tick = Callable[[int, int], None]


@dataclass(frozen=True)
class Built:
    """What building one model came to."""

    table: str
    kind: str
    row_count: int | None
    seconds: float
    warnings: list[Failure] = field(default_factory=list)


class Builder:
    """Builds nodes one after the other on one connection and passes column comments on."""

    def __init__(self, con: duckdb.DuckDBPyConnection, *, check: bool = True) -> None:
        self.con = con
        self.check = check
        self.comments: dict[str, dict[str, str]] = {}

    def build(self, node: Node, tick: Tick = lambda done, total: None) -> Built:
        """Make the node's table.

        Args:
            tick: called with (tiles or passes done, of how many) where there are several.

        Raises:
            RecsysError: the SQL fails, a column has no comment, or a check does not hold.
        """
        started = time.monotonic()
        self.con.execute(f"create schema if not exists {node.model.schema}")
        try:
            _MAKE[node.model.kind](self.con, node, tick)
        except (duckdb.InterruptException, duckdb.IOException, duckdb.OutOfMemoryException):
            raise
        except duckdb.Error as error:
            if out_of_room(error):  # a commit that finds no room is no IOException
                raise
            raise RecsysError(f"{node.model.path}: {_first_line(error)}") from error
        self._comment(node)
        foreign = {str(attribute["column"]) for attribute in node.context.get("attributes", [])}
        found = failures(self.con, node.model, foreign) if self.check and node.model.kind != "view" else []
        broken = [failure for failure in found if not failure.is_warning]
        if broken:
            raise RecsysError("\n".join(str(failure) for failure in broken) + f"\n  (model {node.model.path})")
        count = None  # to count a view would be to compute it
        if node.model.kind != "view":
            count = self.con.sql(f"select count(*) from {node.table}").fetchall()[0][0]
        return Built(node.table, node.model.kind, count, time.monotonic() - started, found)

    def _comment(self, node: Node) -> None:
        born = final_columns(node.sql)
        comments = {}
        for (column,) in self.con.sql(f"select column_name from (describe {node.table})").fetchall():
            inherited = (self.comments[name][column] for name in sorted(node.reads)
                         if column in self.comments.get(name, {}))
            comment = born.get(column) or next(inherited, None)
            if node.model.kind == "history" and column not in born:
                comment = "filled by earlier versions only"
            if comment is None:
                raise RecsysError(f"{node.model.path}: column {column} has no comment; write one behind it: `-- ...`")
            comments[column] = comment
        self.comments[node.table] = comments
        what = "view" if node.model.kind == "view" else "table"
        self.con.execute(f"comment on {what} {node.table} is {literal(node.model.summary)}")
        for column, comment in comments.items():
            self.con.execute(f"comment on column {node.table}.{quoted(column)} is {literal(comment)}")


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n\n")[0]


def _drop(con, table: str) -> None:
    """A name may hold a table or, from an earlier version of its model, a view."""
    schema, name = table.split(".")
    found = con.execute(
        "select table_type from information_schema.tables where table_catalog = current_database() "
        "and table_schema = ? and table_name = ?", [schema, name]
    ).fetchall()
    for (kind,) in found:
        con.execute(f"drop {'view' if kind == 'VIEW' else 'table'} {table}")


def _table(con, node: Node, tick: Tick) -> None:
    _drop(con, node.table)
    con.execute(f"create table {node.table} as {node.sql}")


def _view(con, node: Node, tick: Tick) -> None:
    _drop(con, node.table)
    con.execute(f"create view {node.table} as {node.sql}")


def _empty_self(con, node: Node) -> None:
    """In its first pass a model that reads its own result finds it empty; the nulls take any type."""
    columns = ", ".join(f"null as {quoted(column)}" for column in final_columns(node.sql))
    con.execute(f"create view {node.table} as select {columns} where false")


def _tiled(con, node: Node, tick: Tick) -> None:
    """Run once per row of the tiles' table; each tile's values stand in the SQL as literals."""
    _drop(con, node.table)
    tiles = con.sql(f"select * from {node.model.one('tiles')} order by all")
    names, rows = tiles.columns, tiles.fetchall()
    first, *others = [node.tile_sql(dict(zip(names, row, strict=True))) for row in rows] or [node.sql]
    inserts = [f"insert into {node.table} by name {sql}" for sql in others]
    count = len(inserts) + 1
    tick(0, count)
    _replace(con, node, first)
    tick(1, count)
    if node.reads_itself or _is_in_transaction(con):  # each tile has to see what those before it have made
        for done, insert in enumerate(inserts, 2):
            con.execute(insert)
            tick(done, count)
    else:
        run_side_by_side(con, inserts, lambda done: tick(done + 1, count))


def _is_in_transaction(con) -> bool:
    """In autocommit every statement has a transaction of its own, with another number."""
    one, other = (con.sql("select txid_current()").fetchall() for _ in range(2))
    return one == other


def _iterated(con, node: Node, tick: Tick) -> None:
    """Run again on its own result until the predicate over `this` and `last` holds or the bound is reached."""
    _drop(con, node.table)
    _replace(con, node, node.sql)
    at_most = int(node.model.one("at_most"))
    following = f"{node.table}__next"
    for done in range(1, at_most):
        tick(done, at_most)
        _drop(con, following)
        con.execute(f"create table {following} as {node.sql}")
        is_done = con.sql(
            f"with this as (from {following}), last as (from {node.table}) select ({node.model.one('until')})"
        ).fetchall()[0][0]
        _drop(con, node.table)
        con.execute(f"alter table {following} rename to {quoted(node.model.name)}")
        if is_done:
            return


def _history(con, node: Node, tick: Tick) -> None:
    """Append this run's rows; a run that is repeated before it was published replaces its own."""
    schema, name = node.table.split(".")
    exists = con.execute(
        "select 1 from duckdb_tables() where database_name = current_database() and schema_name = ? and table_name = ?",
        [schema, name]).fetchall()
    if not exists:
        _replace(con, node, node.sql)
        return
    con.execute(f"delete from {node.table} where run_id = {int(node.context['run_id'])}")
    following = f"{node.table}__next"
    _drop(con, following)
    con.execute(f"create table {following} as {node.sql}")
    known = set(con.sql(f"from {node.table} limit 0").columns)
    for column, kind, *_ in con.sql(f"describe {following}").fetchall():
        if column not in known:
            con.execute(f"alter table {node.table} add column {quoted(column)} {kind}")
    con.execute(f"insert into {node.table} by name from {following}")
    con.execute(f"drop table {following}")


def _replace(con, node: Node, sql: str) -> None:
    """Make the table; where the model reads itself, over an empty stand-in of it."""
    if not node.reads_itself:
        con.execute(f"create table {node.table} as {sql}")
        return
    following = f"{node.table}__next"
    _drop(con, following)
    _empty_self(con, node)
    con.execute(f"create table {following} as {sql}")
    con.execute(f"drop view {node.table}")
    con.execute(f"alter table {following} rename to {quoted(node.model.name)}")


_MAKE = {"table": _table, "view": _view, "tiled": _tiled, "iterated": _iterated, "history": _history}

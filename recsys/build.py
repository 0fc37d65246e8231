"""Builds one model of a plan in the workspace: by its kind, with comments, then checked."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import duckdb

from recsys.checks import Failure, checked, columns_of
from recsys.culprit import culprit
from recsys.errors import RecsysError
from recsys.files import out_of_room
from recsys.kinds import MAKE, Tick, is_in_transaction, transaction
from recsys.plan import Node
from recsys.render import literal, quoted
from recsys.sqltext import final_columns

#: the schema whose tables are published
PUBLISHED = "mart"


@dataclass(frozen=True)
class Built:
    """What building one model came to."""

    table: str
    kind: str
    row_count: int | None
    seconds: float
    warnings: list[Failure] = field(default_factory=list)
    tile_count: int | None = None
    joined_row_count: int | None = None


class Builder:
    """Builds nodes one after the other on one connection and passes column comments on.

    Only what is published gets its comments in the database: each is a statement, and there are thousands.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, *, check: bool = True, comment: bool = True) -> None:
        self.con = con
        self.check = check
        self.comment = comment
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
        is_view = node.model.kind == "view"
        try:
            with transaction(self.con, node.model.kind != "tiled" and not self._is_inside):
                if (node.table in self._views) != is_view:  # there may be what an earlier version of the model was
                    self.con.execute(f"drop {'table' if is_view else 'view'} if exists {node.table}")
                MAKE[node.model.kind](self.con, node, tick)
                (self._views.add if is_view else self._views.discard)(node.table)
                columns = columns_of(self.con, node.table)
                if self.comment:
                    self.learn(node, columns)
                    if node.model.schema == PUBLISHED:
                        self._comment(node)
        except (duckdb.InterruptException, duckdb.IOException, duckdb.OutOfMemoryException):
            raise
        except duckdb.Error as error:
            if out_of_room(error):  # a commit that finds no room is no IOException
                raise
            if node.model.schema == "raw" and (found := culprit(self.con, node.context.get("all_inputs", ()))):
                raise RecsysError(found) from error
            raise RecsysError(f"{node.model.path}: {_first_line(error)}") from error
        count, found = None, []  # to count a view would be to compute it
        if not is_view:
            foreign = {str(attribute["column"]) for attribute in node.context.get("attributes", [])}
            count, found = checked(self.con, node.model, columns, foreign, everything=self.check)
        broken = [failure for failure in found if not failure.is_warning]
        if broken:
            raise RecsysError("\n".join(str(failure) for failure in broken) + f"\n  (model {node.model.path})")
        return Built(node.table, node.model.kind, count, time.monotonic() - started, found, *self._tiles(node))

    def _tiles(self, node: Node) -> tuple[int | None, int | None]:
        """Return how many tiles a tiled model has, and how many rows they join where their table says so."""
        if node.model.kind != "tiled":
            return None, None
        tiles = self.con.sql(f"from {node.model.one('tiles')}")
        joined = "cast(sum(joined_row_count) as bigint)" if "joined_row_count" in tiles.columns else "null"
        return self.con.sql(f"select count(*), {joined} from {node.model.one('tiles')}").fetchall()[0]

    @cached_property
    def _is_inside(self) -> bool:
        """Is there a transaction already? Whoever began it has it all built inside."""
        return is_in_transaction(self.con)

    @cached_property
    def _views(self) -> set[str]:
        """The views that were there before."""
        return {name for (name,) in self.con.execute(
            "select schema_name || '.' || view_name from duckdb_views() where database_name = current_database()").fetchall()}

    def learn(self, node: Node, columns: Iterable[str]) -> None:
        """Note what the table's columns mean: what stands behind them, or behind those that they come from.

        Raises:
            RecsysError: a column has no comment.
        """
        born = final_columns(node.sql)
        comments = {}
        for column in columns:
            inherited = (self.comments[name][column] for name in sorted(node.reads)
                         if column in self.comments.get(name, {}))
            comment = born.get(column) or next(inherited, None)
            if node.model.kind == "history" and column not in born:
                comment = "filled by earlier versions only"
            if comment is None:
                raise RecsysError(f"{node.model.path}: column {column} has no comment; write one behind it: `-- ...`")
            comments[column] = comment
        self.comments[node.table] = comments

    def _comment(self, node: Node) -> None:
        what = "view" if node.model.kind == "view" else "table"
        said = [f"comment on {what} {node.table} is {literal(node.model.summary)}"]
        said += [f"comment on column {node.table}.{quoted(column)} is {literal(comment)}"
                 for column, comment in self.comments[node.table].items()]
        self.con.execute(";\n".join(said))


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n\n")[0]

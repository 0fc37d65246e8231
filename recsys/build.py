"""Builds one model of a plan in the workspace: by its kind, with comments, then checked."""

import time
from dataclasses import dataclass, field

import duckdb

from recsys.checks import Failure, failures
from recsys.culprit import culprit
from recsys.errors import RecsysError
from recsys.files import out_of_room
from recsys.kinds import MAKE, Tick, transaction
from recsys.plan import Node
from recsys.render import literal, quoted
from recsys.sqltext import final_columns


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
    """Builds nodes one after the other on one connection and passes column comments on."""

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
        try:
            with transaction(self.con, node.model.kind != "tiled"):
                MAKE[node.model.kind](self.con, node, tick)
                if self.comment:
                    self._comment(node)
        except (duckdb.InterruptException, duckdb.IOException, duckdb.OutOfMemoryException):
            raise
        except duckdb.Error as error:
            if out_of_room(error):  # a commit that finds no room is no IOException
                raise
            if node.model.schema == "raw" and (found := culprit(self.con, node.context.get("all_inputs", ()))):
                raise RecsysError(found) from error
            raise RecsysError(f"{node.model.path}: {_first_line(error)}") from error
        foreign = {str(attribute["column"]) for attribute in node.context.get("attributes", [])}
        found = failures(self.con, node.model, foreign) if self.check and node.model.kind != "view" else []
        broken = [failure for failure in found if not failure.is_warning]
        if broken:
            raise RecsysError("\n".join(str(failure) for failure in broken) + f"\n  (model {node.model.path})")
        count = None  # to count a view would be to compute it
        if node.model.kind != "view":
            count = self.con.execute(f"select count(*) from {node.table}").fetchall()[0][0]
        return Built(node.table, node.model.kind, count, time.monotonic() - started, found, *self._tiles(node))

    def _tiles(self, node: Node) -> tuple[int | None, int | None]:
        """Return how many tiles a tiled model has, and how many rows they join where their table says so."""
        if node.model.kind != "tiled":
            return None, None
        tiles = self.con.sql(f"from {node.model.one('tiles')}")
        joined = "cast(sum(joined_row_count) as bigint)" if "joined_row_count" in tiles.columns else "null"
        return self.con.sql(f"select count(*), {joined} from {node.model.one('tiles')}").fetchall()[0]

    def _comment(self, node: Node) -> None:
        born = final_columns(node.sql)
        comments = {}
        for (column,) in self.con.execute(f"select column_name from (describe {node.table})").fetchall():
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
        said = [f"comment on {what} {node.table} is {literal(node.model.summary)}"]
        said += [f"comment on column {node.table}.{quoted(column)} is {literal(comment)}" for column, comment in comments.items()]
        self.con.execute(";\n".join(said))


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n\n")[0]

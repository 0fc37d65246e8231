"""How a model of each kind becomes a table or a view; what it comes to is checked by the Builder."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count, groupby, repeat
from typing import Any

from recsys.plan import Node
from recsys.render import quoted, render
from recsys.sidebyside import run_side_by_side
from recsys.sqltext import final_columns

#: called with (work done, of how much): the rows that tiles join, or passes
Tick = Callable[[int, int], None]
#: what a statement costs beside the rows that it joins, in such rows
STATEMENT_ROWS = 100_000


def _table(con, node: Node, tick: Tick) -> None:
    con.execute(f"create or replace table {node.table} as {node.sql}")


def _view(con, node: Node, tick: Tick) -> None:
    con.execute(f"create or replace view {node.table} as {node.sql}")


def empty_stand_in(con, node: Node) -> None:
    """Make what a model that reads its own result finds in its first pass: nothing; the nulls take any type."""
    columns = ", ".join(f"null as {quoted(column)}" for column in final_columns(node.sql))
    con.execute(f"create view {node.table} as select {columns} where false")


def tiles_of(con, node: Node) -> list[dict[str, Any]]:
    """Return the rows of the tiles' table, in the order in which they are run."""
    tiles = con.sql(f"select * from {node.model.one('tiles')} order by all")
    return [dict(zip(tiles.columns, row, strict=True)) for row in tiles.fetchall()]


def work_of(tile: dict[str, Any]) -> int:
    """Return how much work a tile is: as much as the rows that it joins, where its table says how many."""
    return tile["joined_row_count"] + STATEMENT_ROWS if "joined_row_count" in tile else 1


def _tiled(con, node: Node, tick: Tick) -> None:
    """Run once per row of the tiles' table; each tile's values stand in the SQL as literals.

    Tiles of one `batch_no` run side by side, and those of all where there is none. After each batch only what
    `keep` asks for stays. A model that reads its own result finds in it what the batches before have made.
    """
    rows = tiles_of(con, node)
    alone = count() if node.reads_itself else repeat(0)
    batches = [list(batch) for _, batch in groupby(rows, lambda tile: tile.get("batch_no", next(alone)))]
    is_inside = is_in_transaction(con)  # of which other connections see nothing
    done, whole = 0, sum(map(work_of, rows))

    def finished(tile: dict[str, Any]) -> None:
        nonlocal done
        done += work_of(tile)
        tick(done, whole)

    tick(done, whole)
    _replace(con, node, f"select * from ({node.tile_sql(rows[0]) if rows else node.sql}) limit 0")
    for batch in batches:
        inserts = [f"insert into {node.table} by name {node.tile_sql(tile)}" for tile in batch]
        if is_inside:
            for insert in inserts:
                con.execute(insert)
        else:
            run_side_by_side(con, inserts, lambda place, batch=batch: finished(batch[place]))
        if keep := node.model.one("keep"):
            _keep(con, node, render(keep, node.context, node.model.path))


def _keep(con, node: Node, predicate: str) -> None:
    following = f"{node.table}__next"
    con.execute(f"create or replace table {following} as select * from {node.table} qualify {predicate}")
    con.execute(f"drop table {node.table}")
    con.execute(f"alter table {following} rename to {quoted(node.model.name)}")


@contextmanager
def transaction(con, is_wanted: bool) -> Iterator[None]:
    """Do what is inside in one transaction, which spares a write to disk for each statement."""
    if not is_wanted:
        yield
        return
    con.execute("begin")
    try:
        yield
    except BaseException:
        con.execute("rollback")
        raise
    con.execute("commit")


def is_in_transaction(con) -> bool:
    """In autocommit every statement has a transaction of its own, with another number."""
    one, other = (con.execute("select txid_current()").fetchall() for _ in range(2))
    return one == other


def _iterated(con, node: Node, tick: Tick) -> None:
    """Run again on its own result until the predicate over `this` and `last` holds or the bound is reached."""
    _replace(con, node, node.sql)
    at_most = int(node.model.one("at_most"))
    until = render(node.model.one("until"), node.context, node.model.path)
    following = f"{node.table}__next"
    for done in range(1, at_most):
        tick(done, at_most)
        con.execute(f"create or replace table {following} as {node.sql}")
        is_done = con.sql(
            f"with this as (from {following}), last as (from {node.table}) select ({until})"
        ).fetchall()[0][0]
        con.execute(f"drop table {node.table}")
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
    con.execute(f"create or replace table {following} as {node.sql}")
    known = set(con.sql(f"from {node.table} limit 0").columns)
    for column, kind, *_ in con.sql(f"describe {following}").fetchall():
        if column not in known:
            con.execute(f"alter table {node.table} add column {quoted(column)} {kind}")
    con.execute(f"insert into {node.table} by name from {following}")
    con.execute(f"drop table {following}")


def _replace(con, node: Node, sql: str) -> None:
    """Make the table; where the model reads itself, over an empty stand-in of it."""
    if not node.reads_itself:
        con.execute(f"create or replace table {node.table} as {sql}")
        return
    following = f"{node.table}__next"
    con.execute(f"drop table if exists {node.table}")
    empty_stand_in(con, node)
    con.execute(f"create or replace table {following} as {sql}")
    con.execute(f"drop view {node.table}")
    con.execute(f"alter table {following} rename to {quoted(node.model.name)}")


MAKE = {"table": _table, "view": _view, "tiled": _tiled, "iterated": _iterated, "history": _history}

"""Publishing: a candidate file beside the published one, checked, then put in its place in one step.

Readers keep the file they opened, and whoever opens the path finds the last refresh or the new one, whole.
A process that is killed between any two steps leaves the last good file, and recover() sorts out the rest.
"""

import os
import shutil
import time
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from recsys.errors import RecsysError, reason
from recsys.files import (
    STORAGE,
    Paths,
    attach_published,
    beside,
    check_target,
    clear_leftovers,
    out_of_room,
    refuse_writers,
)
from recsys.render import literal, quoted

RETRY_SECONDS = 5.0  # how long a system that refuses to replace an open file is asked again

# every published relation: the schemas it comes from and goes to, its name, what it is, its comment
_RELATIONS = """
select schema_name, if(schema_name = 'mart', 'main', 'meta'), table_name, comment
from duckdb_tables() where database_name = 'workspace' and schema_name in ('mart', 'meta')
union all
select schema_name, 'main', view_name, comment
from duckdb_views() where database_name = 'workspace' and schema_name = 'mart'
order by all
"""
_COLUMN_COMMENTS = """
select if(schema_name = 'mart', 'main', 'meta'), table_name, column_name, comment
from duckdb_columns()
where database_name = 'workspace' and schema_name in ('mart', 'meta') and comment is not null
order by all
"""


def publish(
    con: duckdb.DuckDBPyConnection,
    paths: Paths,
    run_id: int,
    order_by: dict[str, str],
    macros: str,
    on_step: Callable[[str], None] = lambda name: None,
) -> None:
    """Publish schemas `mart` (as `main`) and `meta` of the workspace, with comments and table macros.

    Args:
        con: the workspace's connection; the caller holds the lock.
        order_by: how each table is sorted, as SQL.
        macros: a script of `create macro`, run inside the new file.
        on_step: called with the name of each step before it is done.

    Raises:
        RecsysError: it cannot be written or replaced; the published file is as it was.
    """
    on_step("refuse")
    check_target(paths)
    put_in_place(con, paths, run_id, lambda: _write(con, paths, run_id, order_by, macros), on_step)
    on_step("mark")
    try:
        con.execute("update workspace.meta.runs set is_published = true where run_id = ?", [run_id])
        con.execute("checkpoint workspace")
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:  # a full disk is a FatalException on 1.5, an IOException on 2.0
        raise RecsysError(f"{paths.published} is published, but {paths.workspace} could not note it: "
                          f"{reason(error)}. The next refresh will.") from error


def put_in_place(
    con: duckdb.DuckDBPyConnection, paths: Paths, run_id: int, write: Callable[[], dict[str, int]],
    on_step: Callable[[str], None] = lambda name: None,
) -> None:
    """Have the candidate written, check it as a reader would, and put it where the published file is.

    Args:
        write: makes the candidate, leaves it attached as `candidate` and returns the rows of each table.

    Raises:
        RecsysError: it cannot be written or replaced; the published file is as it was.
    """
    try:
        on_step("candidate")
        counts = write()
        on_step("close")
        _close(con, paths)
        on_step("validate")
        _validate(paths, run_id, counts)
        on_step("fsync")
        _make_durable(paths)
        on_step("replace")
        _replace(paths)
        _fsync_folder(paths.published.parent)
    except BaseException as error:
        _drop_candidate(con, paths)
        if isinstance(error, (duckdb.Error, OSError)) and not isinstance(error, duckdb.InterruptException):
            text = out_of_room(error) or reason(error)
            raise RecsysError(f"{paths.candidate} cannot be written: {text}. {paths.published.name} is as it was.") from error
        raise


def _write(con, paths: Paths, run_id: int, order_by: dict[str, str], macros: str) -> dict[str, int]:
    """Fill the candidate; return the rows of each table."""
    con.execute(f"attach {literal(str(paths.candidate))} as candidate (storage_version '{STORAGE}')")
    con.execute("begin; create schema candidate.meta")  # one transaction: each comment would be a write of its own
    counts = {}
    for origin, schema, name, comment in con.execute(_RELATIONS).fetchall():
        table = f"{schema}.{quoted(name)}"
        select = f"select * from workspace.{origin}.{quoted(name)}"
        if table == 'meta."runs"':  # the commit record names this run and those that were published before
            select = (f"select * replace (true as is_published) from workspace.meta.runs "
                      f"where is_published or run_id = {int(run_id)} order by run_id")
        elif order := order_by.get(name) if origin == "mart" else None:
            select += f" order by {order}"
        counts[table] = con.execute(f"create table candidate.{table} as {select}").fetchall()[0][0]
        con.execute(f"comment on table candidate.{table} is {literal(comment)}")
    for schema, name, column, comment in con.execute(_COLUMN_COMMENTS).fetchall():
        place = f"candidate.{schema}.{quoted(name)}.{quoted(column)}"
        con.execute(f"comment on column {place} is {literal(comment)}")
    if macros.strip():
        con.execute("use candidate")  # so that macros find their tables without the name of a catalog
        con.execute(macros)
        con.execute("use workspace")
    con.execute("commit")
    return counts


def _close(con, paths: Paths) -> None:
    con.execute("checkpoint candidate; detach candidate")
    if beside(paths.candidate, ".wal").exists():
        raise RecsysError(f"{paths.candidate} could not be closed: its write-ahead log is still there.")


def _validate(paths: Paths, run_id: int, counts: dict[str, int]) -> None:
    """Read the closed file as a reader would."""
    with closing(duckdb.connect()) as reader:
        attach_published(reader, paths.candidate)
        found = {}
        for schema, name in reader.execute("select schema_name, table_name from duckdb_tables() where database_name = 'published'").fetchall():
            table = f"{schema}.{quoted(name)}"
            reader.execute(f"select * from published.{table} limit 1").fetchall()
            found[table] = reader.execute(f"select count(*) from published.{table}").fetchall()[0][0]
        newest = reader.execute("select max(run_id) from published.meta.runs").fetchall()[0][0]
    if found != counts or newest != run_id:
        wrong = sorted(dict(found.items() ^ counts.items())) or [f"run {newest} in place of {run_id}"]
        raise RecsysError(f"{paths.candidate} is not what was written ({', '.join(wrong)}); not published.")


def _make_durable(paths: Paths) -> None:
    with suppress(OSError):  # who may read the file stays as it was set
        shutil.copymode(paths.published, paths.candidate)
    with paths.candidate.open("r+b") as file:
        os.fsync(file.fileno())
    _fsync_folder(paths.published.parent)


def _fsync_folder(folder: Path) -> None:
    with suppress(OSError):  # Windows opens no folders
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _replace(paths: Paths) -> None:
    refuse_writers(paths.published)  # building took a while
    until = time.monotonic() + RETRY_SECONDS
    while True:
        try:
            paths.candidate.replace(paths.published)
            return
        except PermissionError as error:  # Windows, where someone has it open
            if time.monotonic() < until:
                time.sleep(0.2)
                continue
            stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
            dated = paths.published.with_name(f"{paths.published.stem}-{stamp}{paths.published.suffix}")
            paths.candidate.replace(dated)
            raise RecsysError(f"{paths.published} cannot be replaced: it is open, or not yours. The new one is {dated}. "
                              "Close what holds the file and refresh again.") from error


def _drop_candidate(con, paths: Paths) -> None:
    for sql in ("rollback", "use workspace", "detach candidate"):
        with suppress(duckdb.Error):
            con.execute(sql)
    clear_leftovers(paths.candidate)

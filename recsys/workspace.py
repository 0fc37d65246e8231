"""The workspace, `.recsys/workspace.duckdb`: who may open it, and how it is closed whatever happens."""

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import duckdb
from filelock import FileLock, Timeout

from recsys.errors import RecsysError, reason
from recsys.files import STORAGE, Paths, beside, cannot_open, clear_leftovers, out_of_room, searched
from recsys.interrupt import interruptible
from recsys.limits import limit
from recsys.render import literal

#: bytes of a log up to which it is moved into the file at once, however the workspace is closed
LONG_LOG = 2**16


@contextmanager
def lock(paths: Paths, what: str) -> Iterator[None]:
    """Hold the project's lock. The system lets go of it when the process dies, however it dies.

    Raises:
        RecsysError: another process holds it (the message says which), or the folder cannot be written.
    """
    guard = FileLock(paths.lock)
    since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    me = {"pid": os.getpid(), "host": socket.gethostname(), "since": since, "what": what}
    try:
        paths.state.mkdir(exist_ok=True)
        guard.acquire(blocking=False)
        paths.holder.write_text(json.dumps(me), encoding="utf-8")
    except Timeout:
        holder = _holder(paths)
        raise RecsysError(f"{paths.folder} is being refreshed by {holder}. Wait for it or stop it.") from None
    except (OSError, NotImplementedError) as error:
        guard.release()
        raise RecsysError(f"{paths.state} cannot be written: {reason(error)}") from error
    try:
        yield
    finally:
        with suppress(OSError):
            paths.holder.unlink(missing_ok=True)
        guard.release()


def _holder(paths: Paths) -> str:
    # Whoever takes the lock writes its name at once; until then a killed run's name may still stand there.
    time.sleep(0.1)
    try:
        found = json.loads(paths.holder.read_text(encoding="utf-8"))
        return f"process {found['pid']} on host {found['host']} since {found['since']} ({found['what']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"


@contextmanager
def open_workspace(
    paths: Paths, memory_limit: str | None = None, threads: int | None = None, *, read_only: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the workspace as catalog `workspace` without a killed run's leftovers; close it whatever happens.

    The caller holds the lock, unless it only reads. No room on disk or in memory becomes a RecsysError, and
    Ctrl-C a KeyboardInterrupt that does not wait for the query to end.

    Raises:
        RecsysError: there is none to read, another process holds it, it is damaged, or a setting is wrong.
    """
    con = duckdb.connect()
    is_ours = False
    try:
        _attach(con, paths, read_only)
        if not read_only:  # only now is it certain that no one else is at work with those files
            is_ours = True
            clear_leftovers(paths.candidate)
            clear_leftovers(paths.temp)
            paths.temp.mkdir()
        with searched(paths.folder) as folder, interruptible(con):
            _configure(con, paths, folder, memory_limit, threads, read_only)
            yield con
    except (duckdb.Error, OSError) as error:
        if (text := out_of_room(error)) is None:
            raise
        raise RecsysError(f"{paths.workspace}: {text}. What is published stays as it was.") from error
    except KeyboardInterrupt:  # who stops it does not wait until a long log is moved into the file: the next one does
        log = beside(paths.workspace, ".wal")
        if log.exists() and log.stat().st_size > LONG_LOG:
            con.execute("pragma disable_checkpoint_on_shutdown")
        raise
    finally:
        try:
            for sql in ("rollback", "use memory", "detach workspace"):
                with suppress(duckdb.Error):
                    con.execute(sql)
        finally:
            con.close()
        if is_ours:
            clear_leftovers(paths.temp)


def _attach(con, paths: Paths, read_only: bool) -> None:
    if read_only and not paths.workspace.exists():
        raise RecsysError(f"{paths.workspace} is not there yet: run `recsys refresh`.")
    if not read_only and paths.workspace.exists() and paths.workspace.stat().st_size == 0:
        paths.workspace.unlink()  # killed while it was being made: nothing is in it
    option = "read_only" if read_only else f"storage_version '{STORAGE}'"
    try:
        con.execute(f"attach {literal(str(paths.workspace))} as workspace ({option})")
    except duckdb.Error as error:
        advice = "Put back a copy, or delete it: all but history is built anew from the sources."
        raise cannot_open(paths.workspace, error, advice) from error


def _configure(con, paths: Paths, folder: str, memory_limit: str | None, threads: int | None, read_only: bool) -> None:
    con.execute("use workspace")
    settings = {
        "timezone": "UTC",
        "preserve_insertion_order": True,
        "file_search_path": folder,
        # each connection deletes its folder when it closes, so readers do not share one
        "temp_directory": str(paths.temp) + (f"-{os.getpid()}" if read_only else ""),
    }
    for name, value in settings.items():
        con.execute(f"set {name} = {literal(value)}")
    limit(con, threads=threads, memory_limit=memory_limit)

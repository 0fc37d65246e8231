"""The two files of a project: where they lie, how they are opened, and what to say when that fails."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from recsys.errors import RecsysError, reason
from recsys.limits import limit
from recsys.render import literal

STORAGE = "v1.4.0"  # what DuckDB 1.4 and later can open, whichever version wrote it
_HELD = re.compile(r"lock is held in (.*?) \(PID (\d+)\)")


@dataclass(frozen=True)
class Paths:
    """Where a project keeps its two files, and what stands beside them."""

    folder: Path  # the project folder, which holds recsys.toml
    published: Path  # the file that everybody reads

    state = property(lambda self: self.folder / ".recsys")
    workspace = property(lambda self: self.state / "workspace.duckdb")
    lock = property(lambda self: self.state / "lock")
    holder = property(lambda self: self.state / "lock.json")
    temp = property(lambda self: self.state / "tmp")
    candidate = property(lambda self: beside(self.published, ".next"))


def beside(path: Path, suffix: str) -> Path:
    """Return the path with ``suffix`` behind its whole name: recsys.duckdb.wal."""
    return path.with_name(path.name + suffix)


@contextmanager
def searched(folder: Path) -> Iterator[str]:
    """Yield ``folder`` as DuckDB's file_search_path names it, which is a list: a path with a comma gets a link without."""
    path = str(folder.absolute())
    if "," not in path:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="recsys-") as temp:
        link = Path(temp) / "project"
        with suppress(OSError):  # Windows may forbid links; a query then has to name its files in full
            link.symlink_to(path, target_is_directory=True)
        yield str(link)


def clear_leftovers(path: Path) -> None:
    """Delete a file or folder and what DuckDB put beside it: a write-ahead log, a reader's spill folder."""
    for found in path.parent.iterdir() if path.parent.is_dir() else ():
        if found.name == path.name or found.name.startswith((f"{path.name}.", f"{path.name}-")):
            with suppress(OSError):
                shutil.rmtree(found) if found.is_dir() else found.unlink()


def out_of_room(error: Exception) -> str | None:
    """Return what to say when the disk or the memory is full, else None."""
    if re.search("No space left|File too large|quota exceeded|not enough space", str(error), re.I):
        return f"the disk is full. Free some space and try again ({reason(error)})"
    if isinstance(error, duckdb.OutOfMemoryException):
        return f"the memory is not enough. Raise the memory limit, or free disk space ({reason(error)})"
    return None


def cannot_open(path: Path, error: Exception, advice: str) -> RecsysError:
    """Return what to say when a file cannot be attached: who holds it, or what is wrong and ``advice``."""
    text = str(error)
    if held := _HELD.search(text):
        return RecsysError(f"{path} is held by process {held[2]} ({held[1]}). Close it there first.")
    if re.search("file handle conflict|used by another process", text, re.I):
        return RecsysError(f"{path} is open elsewhere. Close it there first. ({reason(error)})")
    if re.search("not a valid DuckDB|in-memory database in read-only", text):  # the latter: a csv, which it could query
        return RecsysError(f"{path} is not a DuckDB file. {advice}")
    if re.search("Permission denied|version number", text):
        return RecsysError(f"{path} cannot be opened: {reason(error)}")
    return RecsysError(f"{path} cannot be opened: {reason(error)}. {advice}")


def refuse_writers(published: Path) -> None:
    """Stop when someone wrote to the published file: their write-ahead log would be read into the next one.

    Raises:
        RecsysError: there is a log beside the file.
    """
    if (log := beside(published, ".wal")).exists():
        raise RecsysError(
            f"{log} is there: another program wrote to {published.name}. Close it (what reads should open "
            f"the file read-only), then delete {log.name}; what that program wrote is not kept.")


def check_target(paths: Paths) -> None:
    """Stop when the published file could not be replaced; worth asking before hours of building, too.

    Raises:
        RecsysError: someone wrote to it, it is a folder, or its folder is not there or cannot be written.
    """
    refuse_writers(paths.published)
    if paths.published.is_dir():
        raise RecsysError(f"{paths.published} is a folder. Publish to another path, or move it away.")
    try:
        if not paths.published.parent.exists():
            raise RecsysError(f"{paths.folder / 'recsys.toml'}: database: there is no folder {paths.published.parent}. "
                              "Make it, or name another file.")
        clear_leftovers(paths.candidate)
        paths.candidate.touch()
        paths.candidate.unlink()
    except OSError as error:
        raise RecsysError(f"{paths.published.name} is to be published in {paths.published.parent}, which "
                          f"cannot be written: {reason(error)}") from error


def attach_published(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Attach the published file read-only as catalog `published`.

    Raises:
        RecsysError: it is held by a writer, was written to, is no DuckDB file, or was not made by recsys.
    """
    advice = "recsys leaves it alone: move it away, or publish to another path."
    refuse_writers(path)
    if path.is_dir():
        raise RecsysError(f"{path} is a folder. Publish to another path, or move it away.")
    try:
        con.execute(f"attach {literal(str(path))} as published (read_only)")
    except duckdb.Error as error:
        raise cannot_open(path, error, advice) from error
    if not con.execute("select 1 from duckdb_tables() where database_name = 'published' "
                       "and schema_name = 'meta' and table_name = 'runs'").fetchall():
        con.execute("detach published")
        raise RecsysError(f"{path} was not made by recsys: it has no table meta.runs. {advice}")


def open_published(path: Path) -> duckdb.DuckDBPyConnection:
    """Open the published file for reading, as catalog `published`; what is open keeps its snapshot.

    Raises:
        RecsysError: nothing is published yet, someone writes or wrote to the file, or it is not recsys's.
    """
    if not path.exists():
        raise RecsysError(f"There is no published file yet ({path}): run `recsys refresh`.")
    spill = Path(tempfile.gettempdir()) / f"recsys-{os.getpid()}"
    con = duckdb.connect(config={"temp_directory": str(spill)})
    try:
        limit(con)
        attach_published(con, path)
        con.execute("use published")
        con.execute("set timezone = 'UTC'")
    except BaseException:
        con.close()
        raise
    return con

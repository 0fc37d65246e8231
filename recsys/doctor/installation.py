"""Whether recsys can work here: versions, folder, disk, lock and the published file."""

import os
import platform
import shutil
import sys
from collections.abc import Iterator

import duckdb

from recsys.config import Config
from recsys.doctor.finding import Finding
from recsys.errors import RecsysError
from recsys.files import Paths, beside, open_published
from recsys.words import counted
from recsys.workspace import lock

OLDEST_DUCKDB = (1, 5)
GIGABYTE = 1 << 30


def installation(config: Config) -> Iterator[Finding]:
    paths = Paths(config.folder, config.database)
    version = tuple(int(part) for part in duckdb.__version__.split(".")[:2])
    yield Finding("DuckDB", "ok" if version >= OLDEST_DUCKDB else "no", duckdb.__version__,
                  "" if version >= OLDEST_DUCKDB else "1.5 or later: pip install -U duckdb")
    yield Finding("Python", "ok" if sys.version_info >= (3, 11) else "no", platform.python_version(),
                  "" if sys.version_info >= (3, 11) else "3.11 or later")
    for folder in dict.fromkeys((config.folder, config.database.parent)):
        if not os.access(folder, os.W_OK):
            yield Finding("project folder", "no", f"{folder} cannot be written", "recsys keeps its workspace and publishes there")
    free = shutil.disk_usage(config.folder).free / GIGABYTE
    yield Finding("disk", "ok" if free > 2 else "warning", f"{free:,.1f} GB free",
                  "" if free > 2 else "a refresh keeps two published files and a workspace for a moment")
    if paths.holder.exists():
        try:
            with lock(paths, "doctor"):
                pass
        except RecsysError as error:
            yield Finding("lock", "warning", str(error))
    yield _published(paths)


def _published(paths: Paths) -> Finding:
    topic, path = "published file", paths.published
    if not path.exists():
        return Finding(topic, "no", "not there yet", "recsys refresh")
    if beside(path, ".wal").exists():
        return Finding(topic, "warning", f"{path.name}.wal lies beside it: someone opened it for writing",
                       "close it there; open the published file read-only")
    try:
        with open_published(path) as con:
            runs, last = con.execute("select count(*), max(finished_at) from meta.runs").fetchall()[0]
    except (RecsysError, duckdb.Error) as error:
        return Finding(topic, "no", "cannot be opened", str(error).splitlines()[0])
    return Finding(topic, "ok", f"{path.name}, {counted(runs, 'refresh', 'refreshes')}, the last at {last:%Y-%m-%d %H:%M} UTC")

"""The database engine, made ready for the models: in the workspace, or in a scratch database that is thrown away."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from recsys.config import Config
from recsys.csvfiles import keep_unreadable
from recsys.files import searched
from recsys.library import Library
from recsys.limits import limit
from recsys.readers import attach
from recsys.render import literal

#: up to 2^18 groups that are small numbers are kept by address instead of by hash; of more, most are empty
DIRECT_BITS = 18


def start_engine(con: duckdb.DuckDBPyConnection, library: Library, config: Config) -> None:
    """Give a connection the macros, the attached databases and the settings that models count on."""
    con.execute("set enable_progress_bar = false")  # ours counts models; the engine's would write between its lines
    con.execute(f"set global perfect_ht_threshold = {DIRECT_BITS}")
    con.execute(f"begin;\n{library.macros('duckdb.sql')};\ncommit")
    keep_unreadable(con)
    for alias, path in config.attach.items():
        attach(con, alias, config.folder / path, config.file)


@contextmanager
def scratch(
    library: Library, config: Config, file: str = ":memory:", **limits: Any
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """Open a scratch database; yield (connection, a folder for temporary files), both gone at the end.

    Args:
        file: a name inside that folder, where the data may be larger than memory.
        limits: see recsys.limits.limit.

    Raises:
        RecsysError: an attached database that cannot be opened, a limit that the engine refuses.
    """
    with tempfile.TemporaryDirectory(prefix="recsys-", ignore_cleanup_errors=True) as name, searched(config.folder) as folder:
        temp = Path(name)
        with duckdb.connect(file if file == ":memory:" else str(temp / file)) as con:
            settings = {"timezone": "UTC", "temp_directory": str(temp), "file_search_path": folder}
            for setting, value in settings.items():
                con.execute(f"set {setting} = {literal(value)}")
            limit(con, **limits)
            start_engine(con, library, config)
            yield con, temp

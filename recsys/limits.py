"""How much of the machine the engine may take: as told, else as the environment says, else all of it."""

import os

import duckdb

from recsys.errors import RecsysError, reason
from recsys.render import literal


def limit(con: duckdb.DuckDBPyConnection, *, threads: int | None = None, memory_limit: str | None = None) -> None:
    """Set threads and memory of a database; where one is not given, by RECSYS_THREADS and RECSYS_MEMORY_LIMIT.

    Raises:
        RecsysError: the engine refuses a value; the message names it and where it comes from.
    """
    for name, value in (("threads", threads), ("memory_limit", memory_limit)):
        source = name
        if value is None:
            source = f"RECSYS_{name.upper()}"
            value = os.environ.get(source)
        if value in (None, ""):
            continue
        try:
            con.execute(f"set {name} = {literal(value)}")
        except duckdb.Error as error:
            raise RecsysError(f"{source} = {value}: {reason(error)}") from error

"""How much of the machine the engine may take: as told, else as the environment says, else all of it."""

import os

import duckdb

from recsys.errors import RecsysError
from recsys.files import reason
from recsys.render import literal


def limit(con: duckdb.DuckDBPyConnection, *, threads: int | None = None, memory_limit: str | None = None) -> None:
    """Set threads and memory of a database; where one is not given, by RECSYS_THREADS and RECSYS_MEMORY_LIMIT.

    Raises:
        RecsysError: the engine refuses a value; the message names it and where it comes from.
    """
    for name, given in (("threads", threads), ("memory_limit", memory_limit)):
        variable = f"RECSYS_{name.upper()}"
        value = os.environ.get(variable) or None if given is None else given
        if value is None:
            continue
        try:
            con.execute(f"set {name} = {literal(value)}")
        except duckdb.Error as error:
            raise RecsysError(f"{name if given is not None else variable} = {value}: {reason(error)}") from error

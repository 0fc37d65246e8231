"""Which expression of a project file fails on the data: found by trying each by itself, once something has failed."""

from collections.abc import Iterable, Iterator

import duckdb

from recsys.inputs import Input


def culprit(con: duckdb.DuckDBPyConnection, inputs: Iterable[Input]) -> str | None:
    """Return the source, the key and what the engine says of it; None where none of them fails alone.

    Raises:
        duckdb.Error: an interrupt, or no room: what is found then is no fault of the expression.
    """
    for source in inputs:
        for what, sql in _tries(source):
            try:
                con.sql(sql).fetchall()
            except (duckdb.InterruptException, duckdb.IOException, duckdb.OutOfMemoryException):
                raise
            except duckdb.Error as error:
                return f"{source.where}: {what} cannot be computed for every row. {str(error).strip().splitlines()[0]}"
    return None


def _tries(source: Input) -> Iterator[tuple[str, str]]:
    yield "`from` or `query`", f"select count(columns(*)) from {source.relation}"
    for key, expression in (("where", source.keep), ("key", source.row_key), ("latest_by", source.version)):
        yield key, f"select count({expression}) from {source.relation}"
    for column in source.columns:
        expression = column.text if column.is_parsed else column.value
        key = str(column.name).strip('"')
        yield f"columns.{key} = '{column.words}'", f"select count({expression}) from {source.relation}"

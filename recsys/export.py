"""Published tables as files: csv, parquet, json, jsonl or xlsx, by the file's extension."""

from pathlib import Path

import duckdb

from recsys.errors import RecsysError, near
from recsys.project import Project
from recsys.render import literal, quoted

COPY = {
    ".csv": "format csv, header", ".parquet": "format parquet, compression zstd", ".json": "format json, array true",
    ".jsonl": "format json",
}
SUFFIXES = (*COPY, ".xlsx")
EXCEL_ROWS = 1_048_575


def export(project: Project, table: str, target: Path) -> list[tuple[str, Path, int]]:
    """Write one table, or with `all` every table to a folder (as parquet, or as `folder/*.csv` says).

    Returns:
        (table, file, rows) of each.

    Raises:
        RecsysError: no such table, an extension that is not known, a file that cannot be written.
    """
    if table != "all":
        return [_write(project, table, target)]
    suffix = target.suffix if "*" in target.name else ".parquet"
    folder = target.parent if "*" in target.name else target
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(project, name, folder / f"{name}{suffix}") for name in project.tables()["table_name"]]


def _write(project: Project, table: str, target: Path) -> tuple[str, Path, int]:
    suffix = target.suffix.lower()
    if suffix not in SUFFIXES:
        raise RecsysError(f"{target}: write to a file that ends in {', '.join(SUFFIXES)}.{near(suffix, SUFFIXES)}")
    if not target.parent.is_dir():
        raise RecsysError(f"{target}: there is no folder {target.parent}")
    names = list(project.tables()["table_name"])
    if table not in names:
        raise RecsysError(f"There is no published table '{table}'.{near(table, [*names, 'all'])}")
    try:
        with project.connect() as con:
            count = con.sql(f"select count(*) from {quoted(table)}").fetchall()[0][0]
            if suffix == ".xlsx":
                _excel(con, table, target, count)
            else:
                con.execute(f"copy {quoted(table)} to {literal(str(target))} ({COPY[suffix]})")
    except (OSError, duckdb.IOException) as error:
        raise RecsysError(f"{target}: cannot be written: {str(error).splitlines()[0]}") from None
    return table, target, count


def _excel(con: duckdb.DuckDBPyConnection, table: str, target: Path, count: int) -> None:
    if count > EXCEL_ROWS:
        raise RecsysError(f"{target}: {table} has {count:,} rows, a sheet holds {EXCEL_ROWS:,}: export it as csv")
    frame = con.sql(f"from {quoted(table)}").df()
    frame.to_excel(target, index=False, sheet_name=table[:31], engine="xlsxwriter")

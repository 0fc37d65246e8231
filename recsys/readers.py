"""Where a source comes from, as a relation that SQL can read: files of any usual kind, a query, a DataFrame."""

import glob
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from recsys.blocks import Source
from recsys.csvfiles import names, read_csv
from recsys.errors import RecsysError, near
from recsys.files import cannot_open
from recsys.render import literal, quoted

CSV = (".csv", ".tsv", ".txt", ".tab", ".dat", ".data", ".item", ".user")
JSON = (".json", ".jsonl", ".ndjson")
PARQUET = (".parquet", ".pq")


def attach(con: duckdb.DuckDBPyConnection, alias: str, path: Path, where: object) -> None:
    """Make another DuckDB file readable in queries under ``alias``; ``where`` names the project file in errors."""
    if not path.is_file():
        beside = [file.name for file in path.parent.iterdir()] if path.parent.is_dir() else []
        raise RecsysError(f"{where}: [attach] {alias}: no file {path}.{near(path.name, beside)}")
    try:
        con.execute(f"attach {literal(str(path))} as {quoted(alias)} (read_only)")
    except duckdb.Error as error:
        said = cannot_open(path, error, "What is no database is named in `from` of a source.")
        raise RecsysError(f"{where}: [attach] {alias}: {said}") from None


@dataclass(frozen=True)
class Relation:
    """The SQL of a source's rows; where they come from files, it has a column `source_file`.

    Attributes:
        files: {the path that stands in `source_file`: the file's name as the project file writes it}.
        headers: {that name: the file's columns}, where a file says which it has.
    """

    sql: str
    files: dict[str, str] = field(default_factory=dict)
    headers: dict[str, list[str]] = field(default_factory=dict)


def relation(con: duckdb.DuckDBPyConnection, source: Source, folder: Path, temp: Path) -> Relation:
    """Return the rows of a source.

    Raises:
        RecsysError: no such file, an empty one, a kind that cannot be read, not a single row.
    """
    if source.query:
        sql, files, read, headers = f"({source.query.strip().rstrip(';')}\n)", [], [], []
    elif hasattr(source.origin, "columns"):
        name = f"frame_{source.kind}_{source.name}"
        con.register(name, source.origin)
        sql, files, read, headers = quoted(name), [], [], []
    elif source.origin is None:
        return Relation("(select 1 as one)")
    else:
        files = find_files(source, folder)
        sql, read, headers = _read(con, source, files, temp)
    try:
        if not con.sql(f"select 1 from {sql} limit 1").fetchall():
            raise RecsysError(f"{source.where}: {_why_empty(con, source, files)}")
    except (duckdb.InterruptException, duckdb.OutOfMemoryException):
        raise
    except duckdb.Error as error:
        raise RecsysError(f"{source.where}: cannot be read: {str(error).splitlines()[0]}") from None
    written = [_written(file, folder) for file in files]
    return Relation(sql, dict(zip(map(str, read), written, strict=True)), dict(zip(written, headers, strict=False)))


def _written(file: Path, folder: Path) -> str:
    """Return a file's name as the project file may write it: relative to its folder where it lies in it."""
    with suppress(ValueError):
        return file.relative_to(folder).as_posix()
    return str(file)


def _why_empty(con: duckdb.DuckDBPyConnection, source: Source, files: list[Path]) -> str:
    if not files:
        return "there are no rows"
    if _suffix(files[0]) in CSV:
        said = con.execute(
            "select unreadable.line, error_message from temp.main.unreadable inner join temp.main.unreadable_scan "
            "using (scan_id, file_id) where list_contains(?, file_path) order by all limit 1", [[str(file) for file in files]]
        ).fetchall()
        if said:
            return f"{files[0].name} has no line that can be read; line {said[0][0]}: {said[0][1].splitlines()[0]}"
        return f"{files[0].name} has a header but no rows: export it again or leave it out"
    return f"{files[0].name} has no rows: export it again or leave it out"


def _read(
    con: duckdb.DuckDBPyConnection, source: Source, files: list[Path], temp: Path
) -> tuple[str, list[Path], list[list[str]]]:
    kind = _suffix(files[0])
    if any(_suffix(file) != kind for file in files):
        raise RecsysError(f"{source.where}: {files[0].name} and others are of different kinds: make them two sources")
    if kind in PARQUET:
        return f"read_parquet({names(files)}, union_by_name = true, filename = 'source_file')", files, _headers(con, files)
    if kind in JSON:
        return (
            f"read_json({names(files)}, union_by_name = true, filename = 'source_file', "
            "maximum_object_size = 100000000)"
        ), files, []  # json leaves out what is empty, so a file does not say what it could have had
    if kind in CSV:
        return read_csv(con, source, files, _suffix(files[0]) == ".tsv", temp)
    raise RecsysError(
        f"{source.where}: {files[0].name} is of a kind that is not read. Known: "
        f"{', '.join((*CSV, *JSON, *PARQUET))}, also .gz and .zst. From a spreadsheet save it as csv."
    )


def _headers(con: duckdb.DuckDBPyConnection, files: list[Path]) -> list[list[str]]:
    with suppress(duckdb.Error):  # junk is reported when it is read
        return [con.sql(f"from read_parquet({names([file])}) limit 0").columns for file in files]
    return []


def find_files(source: Source, folder: Path) -> list[Path]:
    """Return the files of `from`: a path, a glob or a list of them, relative to the project file."""
    patterns = source.origin if isinstance(source.origin, list) else [source.origin]
    files: list[Path] = []
    for pattern in patterns:
        if not isinstance(pattern, str):
            raise RecsysError(f"{source.where}: `from` is a file, a glob, a list of them or a DataFrame, not {pattern!r}")
        path = folder / Path(pattern).expanduser()
        matching = glob.glob(str(Path(pattern).expanduser()), root_dir=folder, recursive=True)  # noqa: PTH207
        found = sorted(folder / name for name in matching)
        if path.exists() and path not in found:
            found = [path]
        if not found:
            beside = [file.name for file in path.parent.iterdir()] if path.parent.is_dir() else []
            missing = near(path.name, beside) if path.parent.is_dir() else f" There is no folder {path.parent}."
            raise RecsysError(f"{source.where}: no file {path}.{missing}")
        files += found
    files = list(dict.fromkeys(files))
    for file in files:
        if file.is_dir():
            raise RecsysError(f"{source.where}: {file} is a folder; name its files: {file.name}/*.csv")
        if file.stat().st_size == 0:
            raise RecsysError(f"{source.where}: {file} is empty (0 bytes): export it again or leave it out")
    return files


def _suffix(file: Path) -> str:
    suffixes = [suffix.lower() for suffix in file.suffixes]
    return suffixes[-2] if len(suffixes) > 1 and suffixes[-1] in (".gz", ".zst") else (suffixes or [""])[-1]

"""Finds the exports in what the user named and reads them: one ``Export`` per layout and folder."""

import re
from pathlib import Path

import duckdb

from recsys.errors import RecsysError
from recsys.init.copies import without_copies
from recsys.init.layouts import HEADERLESS
from recsys.init.load import load
from recsys.init.model import Column, Export, ident, literal
from recsys.init.names import file_kind
from recsys.init.textfile import NotATable, sniff
from recsys.init.words import FILE_EVENTS, FILE_WORDS

TEXT = {".csv", ".tsv", ".tab", ".psv", ".txt", ".dat"}
JSON = {".json", ".jsonl", ".ndjson"}
PARQUET = {".parquet", ".pq"}
DATABASE = {".duckdb", ".ddb", ".db"}
#: said of files that hold tables which are not read here
HINTS = {
    ".xlsx": "it is a spreadsheet; save each sheet as CSV",
    ".xls": "it is a spreadsheet; save each sheet as CSV",
    ".ods": "it is a spreadsheet; save each sheet as CSV",
    ".zip": "it is packed; unpack it",
    ".7z": "it is packed; unpack it",
    ".rar": "it is packed; unpack it",
    ".tar": "it is packed; unpack it",
    ".tgz": "it is packed; unpack it",
    ".sqlite": "it is not read; export its tables as CSV or parquet",
    ".sql": "it is not read; load it into a database and export the tables",
    ".feather": "it is not read; save it as parquet",
    ".orc": "it is not read; save it as parquet",
    ".avro": "it is not read; save it as parquet",
    ".pkl": "it is not read; save it as parquet",
    ".xml": "it is not read; export it as CSV",
}


def suffix(path: Path) -> str:
    """Return what a file is by its name, compression aside."""
    name = path.name.lower().removesuffix(".gz").removesuffix(".zst")
    return ".dat" if name in HEADERLESS else Path(name).suffix


def files_in(inputs: list[Path]) -> list[tuple[Path, bool]]:
    """Return (file, whether the user named it) for all that was given; folders are searched through."""
    found: dict[Path, bool] = {}
    for each in inputs:
        if each.is_dir():
            for path in sorted(each.rglob("*")):
                hidden = any(part.startswith((".", "__MACOSX")) for part in path.relative_to(each).parts)
                if path.is_file() and not hidden:
                    found.setdefault(path.resolve(), False)
        elif each.is_file():
            found[each.resolve()] = True
        else:
            raise RecsysError(f"{each}: no such file or folder")
    return list(found.items())


def find(
    con: duckdb.DuckDBPyConnection, inputs: list[Path], temp: Path, said: list[str], unsure: list[str]
) -> list[Export]:
    """Return the readable exports; what is left out is said, and an error where the user named it."""
    named = dict(files_in(inputs))
    groups: dict[tuple, Export] = {}
    databases: list[Export] = []
    ignored: list[str] = []

    def leave_out(path: Path, reason: str) -> None:
        if named[path]:
            raise RecsysError(f"{path}: {reason}.")
        if not reason or suffix(path) == ".txt" or path.name.lower().startswith(("readme", "license")):
            ignored.append(path.name)
        else:
            unsure.append(f"{path.name} was left out: {reason}.")

    for path in named:
        kind = suffix(path)
        try:
            if kind in DATABASE and (path.parent / "recsys.toml").exists():
                ignored.append(path.name)  # what recsys itself has published
            elif kind in DATABASE:
                databases += tables(con, path)
            elif kind in TEXT | JSON | PARQUET:
                join(groups, inspect(con, path, kind), path)
            else:
                unknown = "not a kind of file that is read; use CSV or parquet" if named[path] else ""
                leave_out(path, HINTS.get(kind, unknown))
        except NotATable as error:
            leave_out(path, str(error))
        except duckdb.Error:
            leave_out(path, f"it cannot be read as {kind[1:]}")
    exports: list[Export] = []
    for number, export in enumerate([*without_copies(merged(groups), unsure), *databases]):
        try:
            load(con, export, f"sample_{number}", temp, unsure)
        except NotATable as error:
            leave_out(export.paths[0], str(error))
            continue
        if export.rows:
            exports.append(export)
        else:
            unsure.append(f"{export.label} has a header but no rows: it was left out.")
    if ignored:
        shown = ", ".join(ignored[:6]) + (f" and {len(ignored) - 6} more" if len(ignored) > 6 else "")
        said.append(f"Ignored as no data: {shown}.")
    return exports


def inspect(con: duckdb.DuckDBPyConnection, path: Path, kind: str) -> Export:
    """Look at one file: its columns and format, nothing measured yet."""
    stem = re.sub(r"\W+", "_", path.name.split(".")[0] or path.name).strip("_").lower()
    if path.name.lower() in HEADERLESS and path.name.startswith("u."):
        stem = path.name.replace(".", "_").lower()
    if kind in TEXT:
        form, names = sniff(path, HEADERLESS)
        return Export(path.name, stem, [], "csv", form, columns={name: Column(name) for name in names})
    reader = "json" if kind in JSON else "parquet"
    rows = con.execute(f"describe from read_{reader}({literal(str(path))})").fetchall()
    if reader == "json" and [row[0] for row in rows] == ["json"]:
        raise NotATable("it is JSON, but not a list of records")
    return Export(path.name, stem, [], reader, columns={row[0]: Column(row[0], row[1]) for row in rows})


def join(groups: dict[tuple, Export], export: Export, path: Path) -> None:
    """Put a file to those of the same folder, layout and meaning: views and purchases stay apart."""
    same = {key: value for key, value in export.format.items() if key not in ("null", "encoding")}
    meaning = file_kind(export, FILE_WORDS), file_kind(export, FILE_EVENTS)
    layout = path.parent, export.reader, tuple(export.columns), repr(same), meaning
    first = groups.setdefault((layout, export.format.get("encoding")), export)
    first.paths.append(path)
    if first is not export and "null" in export.format:
        first.format["null"] = list(dict.fromkeys([*first.format["null"], *export.format["null"]]))


def merged(groups: dict[tuple, Export]) -> list[Export]:
    """Pure ASCII is every encoding: such files join their fellows, and are UTF-8 where there are none."""
    found: list[Export] = []
    for (layout, encoding), export in groups.items():
        fellow = next(
            (each for (other, code), each in groups.items() if other == layout and code != encoding), None
        )
        if encoding == "ascii" and fellow:
            fellow.paths = sorted([*fellow.paths, *export.paths])
            continue
        if encoding == "ascii":
            export.format["encoding"] = "utf-8"
        found.append(export)
    return found


def tables(con: duckdb.DuckDBPyConnection, path: Path) -> list[Export]:
    """Attach a DuckDB file and return its tables and views."""
    alias = re.sub(r"\W+", "_", path.stem).strip("_").lower() or "shop"
    if alias in ("main", "temp", "system", "memory", "recsys", "workspace") or alias[0].isdigit():
        alias = f"db_{alias}"
    con.execute(f"attach {literal(str(path))} as {ident(alias)} (read_only)")
    found = con.execute(
        "select table_schema, table_name from information_schema.tables where table_catalog = ? order by all",
        [alias],
    ).fetchall()
    if not found:
        raise NotATable("it holds no tables")
    exports = []
    for schema, name in found:
        parts = [alias, name] if schema == "main" else [alias, schema, name]
        table = ".".join(ident(part) for part in parts)
        columns = con.execute(f"describe {table}").fetchall()
        named = {row[0]: Column(row[0], row[1]) for row in columns}
        exports.append(
            Export(f"{path.name}: {name}", name.lower(), [path], "table", table=table, columns=named)
        )
    return exports

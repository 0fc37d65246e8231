"""Where a source comes from, as a relation that SQL can read: files of any usual kind, a query, a DataFrame."""

import codecs
import glob
import gzip
import tempfile
from pathlib import Path
from typing import Any

import duckdb

from recsys.config import Source
from recsys.errors import RecsysError, near
from recsys.render import literal, quoted

CSV = (".csv", ".tsv", ".txt", ".tab", ".dat", ".data", ".item", ".user")
JSON = (".json", ".jsonl", ".ndjson")
PARQUET = (".parquet", ".pq")
#: what the engine reads by itself; any other encoding that Python knows is rewritten to UTF-8 first
NATIVE = ("utf-8", "utf8", "utf-16", "utf16", "latin-1", "latin1")
REJECTS = {"rejects_table": "unreadable", "rejects_scan": "unreadable_scan"}


def keep_unreadable(con: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary tables in which the engine keeps the lines of a csv that it cannot read."""
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "sound.csv"
        sound.write_text("a,b\n1,2\n", encoding="utf-8")
        options = ", ".join(f"{name} = {literal(value)}" for name, value in REJECTS.items())
        con.sql(f"select * from read_csv({literal(str(sound))}, store_rejects = true, {options})").fetchall()


def attach(con: duckdb.DuckDBPyConnection, alias: str, path: Path) -> None:
    """Make another DuckDB file readable in queries under ``alias``."""
    if not path.is_file():
        beside = [file.name for file in path.parent.iterdir()] if path.parent.is_dir() else []
        raise RecsysError(f"[attach] {alias}: no file {path}.{near(path.name, beside)}")
    try:
        con.execute(f"attach {literal(str(path))} as {quoted(alias)} (read_only)")
    except duckdb.Error as error:
        raise RecsysError(f"[attach] {alias}: {path} cannot be opened: {str(error).splitlines()[0]}") from None


def relation(con: duckdb.DuckDBPyConnection, source: Source, folder: Path, temp: Path) -> tuple[str, bool]:
    """Return (SQL of the source's rows, whether it has a column `source_file`).

    Raises:
        RecsysError: no such file, an empty one, a kind that cannot be read.
    """
    if source.query:
        return f"({source.query.strip().rstrip(';')})", False
    if hasattr(source.origin, "columns"):
        name = f"frame_{source.kind}_{source.name}"
        con.register(name, source.origin)
        return quoted(name), False
    if source.origin is None:
        return "(select 1 as one)", False
    files = find_files(source, folder)
    kind = _suffix(files[0])
    if any(_suffix(file) != kind for file in files):
        raise RecsysError(f"{source.where}: {files[0].name} and others are of different kinds: make them two sources")
    if kind in PARQUET:
        return f"read_parquet({_names(files)}, union_by_name = true, filename = 'source_file')", True
    if kind in JSON:
        return (
            f"read_json({_names(files)}, union_by_name = true, filename = 'source_file', "
            "maximum_object_size = 100000000)", True,
        )
    if kind in CSV:
        return _csv(source, files, temp), True
    raise RecsysError(
        f"{source.where}: {files[0].name} is of a kind that is not read. Known: "
        f"{', '.join((*CSV, *JSON, *PARQUET))}, also .gz and .zst. From a spreadsheet save it as csv."
    )


def find_files(source: Source, folder: Path) -> list[Path]:
    """Return the files of `from`: a path, a glob or a list of them, relative to the project file."""
    patterns = source.origin if isinstance(source.origin, list) else [source.origin]
    files: list[Path] = []
    for pattern in patterns:
        if not isinstance(pattern, str):
            raise RecsysError(f"{source.where}: `from` is a file, a glob, a list of them or a DataFrame, not {pattern!r}")
        path = folder / Path(pattern).expanduser()
        found = sorted(Path(name) for name in glob.glob(str(path), recursive=True))
        if path.exists() and path not in found:
            found = [path]
        if not found:
            beside = [file.name for file in path.parent.iterdir()] if path.parent.is_dir() else []
            missing = near(path.name, beside) if beside else f" There is no folder {path.parent}."
            raise RecsysError(f"{source.where}: no file {path}.{missing}")
        files += found
    for file in files:
        if file.is_dir():
            raise RecsysError(f"{source.where}: {file} is a folder; name its files: {file.name}/*.csv")
        if file.stat().st_size == 0:
            raise RecsysError(f"{source.where}: {file} is empty (0 bytes): export it again or leave it out")
    return files


def _suffix(file: Path) -> str:
    suffixes = [suffix.lower() for suffix in file.suffixes]
    return suffixes[-2] if len(suffixes) > 1 and suffixes[-1] in (".gz", ".zst") else (suffixes or [""])[-1]


def _names(files: list[Path]) -> str:
    return literal([str(file) for file in files])


def _csv(source: Source, files: list[Path], temp: Path) -> str:
    form = source.format
    encoding = str(form.get("encoding", "utf-8")).lower()
    if encoding not in NATIVE:
        files = [_as_utf8(source, file, encoding, temp) for file in files]
        encoding = "utf-8"
    options: dict[str, Any] = {
        "all_varchar": True, "header": form.get("header", "columns" not in form),
        "union_by_name": len(files) > 1, "filename": "source_file", "encoding": encoding,
        "store_rejects": True, **REJECTS,
    }
    renamed = {"delimiter": "delim", "quote": "quote", "skip": "skip", "columns": "names"}
    options |= {renamed[key]: form[key] for key in renamed if key in form}
    if "null" in form:
        nulls = form["null"] if isinstance(form["null"], list) else [form["null"]]
        options["nullstr"] = ["", *nulls]
    if _suffix(files[0]) == ".tsv":
        options.setdefault("delim", "\t")
    text = ", ".join(f"{name} = {literal(value)}" for name, value in options.items())
    return f"read_csv({_names(files)}, {text})"


def _as_utf8(source: Source, file: Path, encoding: str, temp: Path) -> Path:
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise RecsysError(f"{source.where}: unknown encoding '{encoding}'. Usual: utf-8, latin-1, cp1252, utf-16") from None
    temp.mkdir(parents=True, exist_ok=True)
    target = temp / f"{source.kind}-{file.name.removesuffix('.gz')}"
    opener = gzip.open if file.suffix.lower() == ".gz" else open
    try:
        with opener(file, "rt", encoding=encoding, newline="") as text, target.open("w", encoding="utf-8", newline="") as out:
            while chunk := text.read(1 << 20):
                out.write(chunk)
    except UnicodeDecodeError as error:
        raise RecsysError(f"{source.where}: {file} is not {encoding} (byte {error.start}): {error.reason}") from None
    return target

"""Reads csv files whatever their dialect; lines that cannot be read are kept."""

import codecs
import gzip
import re
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb

from recsys.blocks import Source
from recsys.errors import RecsysError
from recsys.render import literal

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


def names(files: list[Path]) -> str:
    """Return the files as an SQL list; the engine takes them for globs, so what is special there is escaped."""
    return literal([re.sub(r"([*?\[])", r"[\1]", str(file)) for file in files])


def read_csv(
    con: duckdb.DuckDBPyConnection, source: Source, files: list[Path], is_tsv: bool, temp: Path
) -> tuple[str, list[Path], list[list[str]]]:
    """Return (SQL of the files' rows, all text; the file that is really read in place of each; each one's columns).

    Files with the same header are read together; the others are put below them, column by column name.

    Raises:
        RecsysError: an encoding that is not known or not the file's, or a file that makes no sense as a csv.
    """
    form = source.format
    encoding = str(form.get("encoding", "utf-8")).lower()
    if encoding not in NATIVE:
        files = _as_utf8(source, files, encoding, temp)
        encoding = "utf-8"
    options: dict[str, Any] = {
        "all_varchar": True, "header": form.get("header", "columns" not in form), "filename": "source_file",
        "encoding": encoding, "store_rejects": True, **REJECTS,
    }
    renamed = {"delimiter": "delim", "quote": "quote", "skip": "skip", "columns": "names"}
    options |= {renamed[key]: form[key] for key in renamed if key in form}
    if "null" in form:
        nulls = form["null"] if isinstance(form["null"], list) else [form["null"]]
        options["nullstr"] = ["", *nulls]
    if is_tsv:
        options.setdefault("delim", "\t")
    alike: dict[tuple[str, ...], list[Path]] = {}
    headers = []
    for file in files:
        quote, header = _sniff(con, source, file, options)
        headers.append(header)
        alike.setdefault((quote, *header), []).append(file)
    reads = [
        f"read_csv({names(group)}, {_written({'quote': quote, **options})})" for (quote, *_), group in alike.items()
    ]
    sql = reads[0] if len(reads) == 1 else f"({' union all by name '.join(f'from {read}' for read in reads)})"
    return sql, files, headers


def _written(options: dict[str, Any]) -> str:
    return ", ".join(f"{name} = {literal(value)}" for name, value in options.items())


def _sniff(con: duckdb.DuckDBPyConnection, source: Source, file: Path, options: dict[str, Any]) -> tuple[str, list[str]]:
    """Return a file's quote and its columns.

    The engine looks at the first rows only and takes a file without quotes there for one that never has
    any; so quotes are expected all the same, unless those rows make no sense with them.
    """

    def sniffed(**more: str) -> tuple[str, list[str]]:
        return con.sql(
            "select quote, list_transform(columns, lambda each: each.name) "
            f"from sniff_csv({literal(str(file))}, {_written({**more, **options})})"
        ).fetchall()[0]

    try:
        quote, header = sniffed()
    except duckdb.Error as error:
        raise RecsysError(f"{source.where}: {file.name} cannot be read: {str(error).splitlines()[0]}") from None
    if quote != "(empty)":
        return quote, header
    with suppress(duckdb.Error):
        if sniffed(quote='"')[1] == header:
            return '"', header
    return "", header


def _as_utf8(source: Source, files: list[Path], encoding: str, temp: Path) -> list[Path]:
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise RecsysError(f"{source.where}: unknown encoding '{encoding}'. Usual: utf-8, latin-1, cp1252, utf-16") from None
    temp.mkdir(parents=True, exist_ok=True)
    targets = []
    for file in files:
        if file.suffix.lower() == ".zst":
            raise RecsysError(f"{source.where}: {file.name}: unpack it first; .zst is read in {', '.join(NATIVE)} only")
        targets.append(Path(tempfile.mkdtemp(dir=temp)) / file.name.removesuffix(".gz"))
        opener = gzip.open if file.suffix.lower() == ".gz" else open
        try:
            with (
                opener(file, "rt", encoding=encoding, newline="") as text,
                targets[-1].open("w", encoding="utf-8", newline="") as out,
            ):
                while chunk := text.read(1 << 20):
                    out.write(chunk)
        except UnicodeDecodeError as error:
            raise RecsysError(f"{source.where}: {file} is not {encoding} (byte {error.start}): {error.reason}") from None
    return targets

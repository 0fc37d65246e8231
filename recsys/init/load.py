"""Reads an export as SQL, tolerant of what exports do wrong, and measures it."""

import gzip
import os
import re
import shutil
from pathlib import Path

import duckdb

from recsys.init.measure import measure
from recsys.init.model import Export, literal
from recsys.init.textfile import NotATable

SAMPLE_ROWS = 20_000
TOO_FEW = "has lines with too few fields; what is missing counts as empty"
NATIVE = ("utf-8", "utf-16", "latin-1")
NO_FIT = "has lines that do not fit its header; they are left out here"


def load(con: duckdb.DuckDBPyConnection, export: Export, sample: str, temp: Path, unsure: list[str]) -> None:
    """Make the sample table, count, and measure the columns.

    Raises:
        NotATable: it cannot be read, however tolerantly.
    """
    if len(export.paths) > 1:
        export.label = f"{export.paths[0].name} and {len(export.paths) - 1} more"
        names = [path.name.split(".")[0] for path in export.paths]
        common = re.sub(r"\W+", "_", os.path.commonprefix(names)).rstrip("_0123456789").lower()
        export.stem = common if len(common) > 2 else export.stem
    form = export.format
    retries: list[tuple[dict, str]] = [({}, "")]
    if export.reader == "csv":
        retries += [
            ({"null_padding": True, "parallel": False}, TOO_FEW),
            ({"encoding": "cp1252"}, ""),
            ({"ignore_errors": True}, NO_FIT),
        ]
    for attempt in retries:
        changes, warning = attempt
        try:
            export.relation = export.table or relation(export, changes, temp)
            con.execute(
                f"create or replace table {sample} as select * from {export.relation} limit {SAMPLE_ROWS}"
            )
            measure(con, export, sample)
            break
        except (duckdb.Error, OSError, UnicodeError) as error:
            if attempt is retries[-1]:
                raise NotATable(f"it cannot be read: {str(error).splitlines()[0]}") from error
    if "encoding" in changes:
        form["encoding"] = "cp1252"
        unsure.append(
            f"{export.label} is not UTF-8 further down: cp1252 is assumed. Check a few names with accents."
        )
    if warning:
        unsure.append(f"{export.label} {warning}.")


def as_utf8(path: Path, encoding: str, temp: Path) -> Path:
    """Return a copy in UTF-8 of a file whose encoding DuckDB does not read by itself."""
    target = temp / f"{len(list(temp.iterdir()))}-{path.name.removesuffix('.gz')}"
    opener = gzip.open if path.suffix == ".gz" else open
    with (
        opener(path, "rt", encoding=encoding, newline="") as text,
        target.open("w", encoding="utf-8", newline="") as out,
    ):
        shutil.copyfileobj(text, out)
    return target


def relation(export: Export, changes: dict, temp: Path) -> str:
    """Return the SQL that reads all files of an export, CSV columns as text."""
    encoding = changes.get("encoding") or export.format.get("encoding", "utf-8")
    files = export.paths
    if encoding not in NATIVE:
        files, encoding = [as_utf8(path, encoding, temp) for path in files], "utf-8"
    export.files = [str(path) for path in files]
    paths = literal(export.files)
    if export.reader != "csv":
        return f"read_{export.reader}({paths}, union_by_name = true)"
    form = export.format
    options = {
        "auto_detect": False,
        "header": form.get("header", True),
        "delim": form["delimiter"],
        "skip": form["skip"],
        "quote": form["quote"],
        "escape": form["quote"],
        "nullstr": ["", *form["null"]],
        **changes,
        "encoding": encoding,
    }
    columns = ", ".join(f"{literal(name)}: 'varchar'" for name in export.columns)
    text = ", ".join(f"{name} = {literal(value)}" for name, value in options.items())
    return f"read_csv({paths}, {text}, columns = {{{columns}}})"

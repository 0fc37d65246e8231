"""Writes recsys.toml: the guessed sources with the reasons, and what is unused within reach."""

import re
from pathlib import Path

from recsys.init.model import Export, Source, ident, literal, percent
from recsys.init.toml import block, origin, shown_path, text

KINDS = ["interactions", "orders", "items", "users", "identities", "consents"]
HEAD = """# What recsys reads and how. Guessed from the files by `recsys init`: check it, correct it, then run
#
#     recsys preview SOURCE     five rows of a source, as they are and as they are understood
#     recsys refresh
#
# A value under `columns` is a column of the file, or an SQL expression over its columns.
"""


def format_of(source: Source) -> dict:
    """Return `format`: only what differs from plain CSV."""
    form, usual = (
        source.export.format,
        {"delimiter": ",", "decimal": ".", "encoding": "utf-8", "quote": '"', "skip": 0},
    )
    named = {key: form[key] for key in ("delimiter", "decimal", "encoding", "quote", "skip") if key in form}
    found = {key: value for key, value in named.items() if value != usual[key]}
    if form.get("header") is False:
        found |= {"header": False, "columns": form["columns"]}
    if form.get("null"):
        found["null"] = form["null"]
    if source.query:
        found = {key: value for key, value in found.items() if key == "decimal"}
    if source.date:
        found["date"] = source.date[0] if len(source.date) == 1 else source.date
    return found


def relation(export: Export, folder: Path) -> str:
    """Return what a query reads: the table, or the files with their format."""
    if export.table:
        return export.table
    files = literal(origin(export, folder))
    if export.reader != "csv":
        return f"read_{export.reader}({files})"
    form = export.format
    options = {
        "delim": form["delimiter"],
        "header": form.get("header", True),
        "quote": form["quote"],
        "skip": form["skip"],
        "encoding": form["encoding"],
        "nullstr": ["", *form["null"]],
    }
    usual = {"skip": 0, "encoding": "utf-8", "nullstr": [""], "quote": '"'}
    options = {key: value for key, value in options.items() if key not in usual or usual[key] != value}
    if form.get("header") is False:
        options["names"] = form["columns"]
    return (
        f"read_csv({files}, all_varchar = true, "
        + ", ".join(f"{k} = {literal(v)}" for k, v in options.items())
        + ")"
    )


def source_block(source: Source, folder: Path, sources: list[Source]) -> str:
    """Return one source with its comments."""
    export = source.export
    lines = [
        f"# {export.rows:,} rows in {export.label}."
        + (
            f" Recognised: {source.recognised}."
            if source.recognised
            else " Guessed from names, types and values."
        )
    ]
    lines += [f"# - {note}" for note in [*export.notes, *source.notes]]
    lines += [f"[[{source.kind}]]", f"name = {text(source.name)}"]
    if source.query or export.table:
        read = {"source": export, **source.joined}
        sql = source.filled_query({name: relation(each, folder) for name, each in read.items()})
        lines.append("query = " + block(sql))
    else:
        lines.append(f"from = {text(origin(export, folder))}")
    form = format_of(source)
    if form:
        lines.append(f"format = {text(form)}")
    if source.where:
        lines.append(f"where = {text(source.where)}")
    elif source.kind == "interactions":
        lines.append("# where = \"status not in ('canceled', 'cancelled')\"  # only rows that count")
    lines += key_lines(source)
    if source.constants:
        lines.append(f"constants = {text(source.constants)}")
    elif source.kind == "interactions":
        lines.append('# constants = { channel = "store" }')
    lines += ["", f"[{source.kind}.columns]"]
    for name, value in source.columns.items():
        lines.append(f"{name} = {text(value)}" + comment(source, name, value))
    for name, candidates in source.missing.items():
        for column in candidates or ["..."]:
            lines.append(f"# {name} = {text(column)}  # none was found by its name; is it this one?")
    if source.contact:
        lines += ["", f"[{source.kind}.contact]  # never published"]
        lines += [f"{name} = {text(value)}" for name, value in source.contact.items()]
    return "\n".join(lines + unused(source, sources)) + "\n"


def key_lines(source: Source) -> list[str]:
    """Return key and latest_by, or what they could be."""
    if source.key:
        found = [f"key = {text(source.key)}  # what identifies a row"]
        return found + (
            [f"latest_by = {text(source.latest_by)}  # of rows with one key the newest counts"]
            if source.latest_by
            else []
        )
    if source.maybe_key:
        return [
            f"# key = {text(source.maybe_key)}  # unique so far; not set, as two equal lines can be two sales"
        ]
    return (
        ['# key = ["..."]  # what identifies a row, if exports overlap']
        if source.kind == "interactions"
        else []
    )


def comment(source: Source, name: str, value: str) -> str:
    """Return what was measured of a mapped column."""
    column = source.export.columns.get(value)
    parts = [source.why[name]] if name in source.why else []
    if column and not source.query:
        if name.endswith("_id"):
            parts.append(f"about {column.distinct:,} different")
        elif column.values:
            parts.append(f"such as {' '.join(column.values[0].split())[:30]}")
        if column.filled < 0.995:
            parts.append(f"{percent(column.filled)} filled")
    return "  # " + "; ".join(parts) if parts else ""


def unused(source: Source, sources: list[Source]) -> list[str]:
    """Return the columns of a file that none of its blocks names, as a comment under the first of them."""
    fellows = [each for each in sources if each.export is source.export]
    joined = [each.query for each in sources if any(other is source.export for other in each.joined.values())]
    said = " ".join([*joined, *(text for each in fellows for text in texts(each))])
    left = [
        column
        for name, column in source.export.columns.items()
        if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said)
    ]
    if not left or source is not min(fellows, key=lambda each: KINDS.index(each.kind)):
        return []
    shown = [ident(column.name) + ("" if column.filled else " (empty)") for column in left[:40]]
    more = f" and {len(left) - 40} more" if len(left) > 40 else ""
    return ["# not used: " + ", ".join(shown) + more]


def texts(source: Source) -> list[str]:
    """Return all that a block says of the file's columns."""
    mapped = [*source.columns.values(), *source.contact.values()]
    return [*mapped, source.where, source.query, *source.key, source.latest_by]


def write(
    sources: list[Source], settings: dict[str, tuple[object, str]], folder: Path, currencies: list[str]
) -> str:
    """Return the text of recsys.toml."""
    parts = [HEAD, 'database = "recsys.duckdb"  # the published file']
    parts += [f"{key} = {text(value)}  # {why}" for key, (value, why) in settings.items()]
    attached = {
        each.export.table.split(".")[0].strip('"'): each.export.paths[0]
        for each in sources
        if each.export.table
    }
    if attached:
        parts.append("\n[attach]")
        parts += [f"{alias} = {text(shown_path(path, folder))}" for alias, path in attached.items()]
    for kind in KINDS:
        for source in [each for each in sources if each.kind == kind]:
            parts.append("\n" + source_block(source, folder, sources).rstrip())
    for currency in currencies:
        parts.append(
            f'\n# [[exchange_rates]]  # needed, as several currencies occur\n# currency = "{currency}"\n'
            "# rate = 1.0  # units of the reporting currency for one of it"
        )
    return "\n".join(parts) + "\n"

"""Measures an export's columns with DuckDB: how filled, how many values, numbers or times and how written."""

import re
from collections.abc import Iterable

import duckdb

from recsys.init.model import Column, Export, ident

NUMBER = re.compile(r"[-+]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?([eE][-+]?\d+)?|[-+]?\.\d+")
COMMA_NUMBER = re.compile(r"[-+]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?")
ISO = re.compile(
    r"\d{4}[-/]\d{1,2}[-/]\d{1,2}([ T]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?)? ?(Z|UTC|[-+]\d{2}:?\d{2}|[-+]\d{2})?"
)
EPOCH = re.compile(r"1\d{9}(\d{3}|\d{6})?(\.\d+)?|[89]\d{8}(\d{3}|\d{6})?")
PARTS = re.compile(
    r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?:([ T,]+)(\d{1,2}:\d{2}(?::\d{2})?)( ?[AaPp][Mm])?)?"
)
NAMED_MONTH = re.compile(r"\d{1,2}([ -])[A-Za-z]{3}\1\d{4}")
#: Jan 1, 2023 10:11:00 AM
MONTH_FIRST = re.compile(
    r"([A-Za-z]{3,9}) \d{1,2}(,?) \d{4}(?:(,?) (\d{1,2}):\d{2}(:\d{2})?( ?)([AaPp][Mm])?)?"
)
COMPACT = re.compile(r"(19|20)\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])")


def share(pattern: re.Pattern, column: Column) -> float:
    """Return the share of rows whose value matches as a whole."""
    total = sum(column.counts)
    good = sum(
        count for value, count in zip(column.values, column.counts, strict=True) if pattern.fullmatch(value)
    )
    return good / total if total else 0.0


def measure(con: duckdb.DuckDBPyConnection, export: Export, sample: str) -> None:
    """Fill in rows, and per column what was found; for CSV also the decimal mark."""
    export.con, export.sample = con, sample
    flat = [column for column in export.columns.values() if not column.is_nested]
    counts = "".join(f", count({ident(c.name)}), approx_count_distinct({ident(c.name)})" for c in flat)
    found = con.execute(f"select count(*){counts} from {export.relation}").fetchall()[0]
    export.rows = found[0]
    for at, column in enumerate(flat):
        column.filled = found[1 + 2 * at] / max(export.rows, 1)
        column.distinct = found[2 + 2 * at]
        rows = con.execute(
            f"select trim({ident(column.name)}::varchar) as value, count(*) from {sample} "
            "group by value having value <> '' order by count(*) desc, value limit 2000"
        ).fetchall()
        column.values, column.counts = [row[0] for row in rows], [row[1] for row in rows]
    for column in export.columns.values():
        if column.is_nested:
            column.filled = 1.0
    if export.reader == "csv":
        export.format["decimal"] = decimal_mark(flat)
    for column in flat:
        column.number = number_share(column, export.format.get("decimal", "."))
        column.date = date_format(con, export, column)


def decimal_mark(columns: Iterable[Column]) -> str:
    """A comma, if some column has decimals only with a comma and no column has them with a point."""
    commas = points = 0
    for column in columns:
        if share(COMMA_NUMBER, column) > 0.9:
            commas += any(re.search(r",(\d{1,2}|\d{4,})?$|^[-+]?0,", value) for value in column.values)
        if share(NUMBER, column) > 0.9:
            points += any(re.search(r"\.(\d{1,2}|\d{4,})$|^[-+]?0\.", value) for value in column.values)
    return "," if commas > points else "."


def number_share(column: Column, mark: str) -> float:
    """Return the share of a column's values that are numbers."""
    if re.match(r"TIMESTAMP|DATE|TIME|BOOL|UUID", column.type):
        return 0.0
    if column.type != "VARCHAR":
        return 1.0 if column.values else 0.0
    return share(COMMA_NUMBER if mark == "," else NUMBER, column)


def date_format(con: duckdb.DuckDBPyConnection, export: Export, column: Column) -> str | None:
    """Return how a column writes times: iso, epoch, strptime formats with | between, or None when it has none."""
    values = column.values
    if re.match(r"TIMESTAMP|DATE", column.type):
        return "iso"
    for pattern, name in [
        (ISO, "iso"),
        (EPOCH, "epoch"),
        (NAMED_MONTH, ""),
        (MONTH_FIRST, ""),
        (PARTS, ""),
        (COMPACT, "%Y%m%d"),
    ]:
        if share(pattern, column) < 0.8 or not values:
            continue
        if name:
            return name
        match = next(filter(None, map(pattern.fullmatch, values)))
        if pattern is NAMED_MONTH:
            return match[1].join(["%d", "%b", "%Y"])
        if pattern is MONTH_FIRST:
            return month_by_name([found for found in map(pattern.fullmatch, values) if found])
        return day_or_month_first(con, export, column, match)
    return None


def month_by_name(matches: list[re.Match]) -> str:
    """Return the format of dates such as Jan 1, 2023; hours to 23 that bear AM or PM need one for each of both."""
    first = max(matches, key=lambda match: len(match[4] or ""))
    text = ("%B" if any(len(match[1]) > 3 for match in matches) else "%b") + f" %d{first[2]} %Y"
    if not first[4]:
        return text
    text += f"{first[3]} %H:%M{':%S' if first[5] else ''}{first[6]}"
    halves = sorted({match[7] for match in matches if match[7]})
    if halves and all(1 <= int(match[4]) <= 12 for match in matches if match[4]):
        return text.replace("%H", "%I") + "%p"
    return "|".join(text + half for half in halves or [""])


def day_or_month_first(
    con: duckdb.DuckDBPyConnection, export: Export, column: Column, match: re.Match
) -> str:
    """Return the format of dates such as 3/4/2021; ``?`` in front when no value says which comes first."""
    mark = match[2]
    first, second = con.execute(
        f"select max(try_cast(split_part({ident(column.name)}, ?, 1) as integer)), "
        f"max(try_cast(split_part({ident(column.name)}, ?, 2) as integer)) from {export.relation}",
        [mark, mark],
    ).fetchall()[0]
    month_first = (second or 0) > 12
    year = "%Y" if len(match[4]) == 4 else "%y"
    text = mark.join(["%m", "%d", year] if month_first else ["%d", "%m", year])
    if match[6]:
        clock = "%I:%M" if match[7] else "%H:%M"
        text += match[5] + clock + (":%S" if match[6].count(":") == 2 else "")
        text += match[7].lower().replace("am", "%p").replace("pm", "%p") if match[7] else ""
    unclear = not month_first and (first or 0) <= 12 and mark != "."
    return "?" + text if unclear else text

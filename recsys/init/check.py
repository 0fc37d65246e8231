"""Runs every guessed mapping on the sample, reading just as a refresh does, and drops what does not work."""

import re

import duckdb

from recsys.config import canonical
from recsys.errors import RecsysError
from recsys.expressions import resolve
from recsys.init.model import Export, Source, ident, literal, percent
from recsys.library import bundled

READ_AS = {
    "number": "text_to_number({}, {mark})",
    "time": "text_to_utc({}, {formats}, 'UTC')",
    "boolean": "text_to_boolean({})",
}
WHAT = {"number": "numbers", "time": "times", "boolean": "yes or no"}
ISO_FORMATS = ["%Y-%m-%d %H:%M:%S", "%Y%m%d"]


def load_macros(con: duckdb.DuckDBPyConnection) -> None:
    """Make the macros known by which a refresh reads text."""
    con.execute((bundled("sql") / "macros" / "duckdb.sql").read_text(encoding="utf-8"))


def dates_of(source: Source, unsure: list[str]) -> list[str]:
    """Return the strptime formats of the mapped times; ISO and epochs need none."""
    formats: list[str] = []
    for name, text in source.columns.items():
        column = source.export.columns.get(text)
        about = canonical()[source.kind].get(name, {})
        if column is None or about.get("type") != "time" or column.date in (None, "iso", "epoch"):
            continue
        if column.date.startswith("?"):
            unsure.append(
                f"{source.export.label}: {column.name} ({column.values[0]}) may put the day or the month "
                f"first; no value is above 12. Day first is assumed; otherwise change format.date."
            )
        formats += column.date.lstrip("?").split("|")
    return list(dict.fromkeys(formats))


def thousands(export: Export, name: str, mark: str) -> str:
    """Return a doubt where every value has one mark of thousands, as weights in kilograms have decimals."""
    other = "," if mark == "." else "."
    column = export.columns[name]
    if column.type != "VARCHAR" or not column.values:
        return ""
    if not all(re.fullmatch(rf"[-+]?\d{{1,3}}\{other}\d{{3}}", value) for value in column.values):
        return ""
    value = column.values[0]
    return (
        f"{export.label}: every {name} has three digits behind its only '{other}', and is read with thousands: {value} "
        f"as {value.replace(other, '')}. If these are decimals, map replace({ident(name)}, '{other}', '{mark}')."
    )


def check(source: Source, unsure: list[str]) -> bool:
    """Try all mappings of a source; return whether what is required is still there."""
    export = source.export
    mark = export.format.get("decimal", ".")
    formats = dates_of(source, unsure)
    if formats:
        source.date = formats
    read = {"source": export.sample} | {name: other.relation for name, other in source.joined.items()}
    relation = f"({source.filled_query(read)})" if source.query else export.sample
    known = canonical()[source.kind]
    try:
        types = {row[0]: row[1] for row in export.query(f"describe select * from {relation}")}
        if source.where:
            export.query(f"select {resolve(source.where, types, mark, export.label)} from {relation} limit 1")
    except (duckdb.Error, RecsysError) as error:
        unsure.append(
            f"{source.name}: its query or filter does not run on {export.label}: {str(error).splitlines()[0]}"
        )
        return False
    for mapped in (source.columns, source.contact):
        for name, text in list(mapped.items()):
            holds = known.get(name, {"type": "text"})["type"] if mapped is source.columns else "text"
            try:
                sql = resolve(text, types, mark, export.label)
                native = export.query(f"describe select {sql} as value from {relation}")[0][1]
                read = READ_AS.get(holds, "{}") if native == "VARCHAR" else "{}"
                value = read.format("value", mark=literal(mark), formats=literal(formats or ISO_FORMATS))
                filled, good = export.query(
                    f"select count(value), count({value}) from (select {sql} as value from {relation})"
                )[0]
                trouble = "" if good * 2 >= filled else f"most of its values are no {WHAT.get(holds, holds)}"
            except (duckdb.Error, RecsysError) as error:
                filled = good = 0
                trouble = str(error).splitlines()[0]
            if trouble:
                del mapped[name]
                unsure.append(f"{export.label}: {text} was not taken as {name}: {trouble}.")
            elif holds == "number" and text in export.columns and (doubt := thousands(export, text, mark)):
                unsure.append(doubt)
            elif good < filled:
                unsure.append(
                    f"{export.label}: {percent(1 - good / filled)} of {text} ({name}) are no {WHAT[holds]}; "
                    "these rows will be kept as rejected."
                )
    missing = [
        name
        for name, about in known.items()
        if about.get("required") and name not in {**source.columns, **source.constants}
    ]
    about_what = {"user_id", "item_id", "order_id", "original_order_id"}
    if source.kind == "interactions" and not about_what & set(source.columns):
        missing.append("user_id")
    if source.kind == "identities" and "user_id" not in source.columns:
        missing.append("user_id")
    if missing:
        unsure.append(
            f"{export.label} looks like {source.kind}, but has no {' and '.join(missing)}: it was left out."
        )
    return not missing

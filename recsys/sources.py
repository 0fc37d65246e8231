"""Turns a source of the project file into what the templates of sql/raw put into SQL."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb

from recsys.config import Config, Source, canonical
from recsys.errors import RecsysError, near
from recsys.expressions import columns_named, resolve
from recsys.params import Params
from recsys.readers import relation
from recsys.render import Column, Expression, Identifier, Words, literal, quoted

#: formats tried where a source names none; ISO in all its forms is understood anyway
PLAIN_DATES = ["%Y-%m-%d %H:%M:%S", "%Y%m%d", "%Y-%m-%dT%H:%M"]
TYPES = {"text": "varchar", "number": "decimal(18, 6)", "integer": "bigint", "time": "timestamp", "boolean": "boolean"}


@dataclass(frozen=True)
class InputColumn:
    """One canonical column (or attribute) of one source, for a template."""

    name: Column
    words: str
    value: Expression
    text: Expression
    text_name: Column
    reason: str
    is_needed: bool
    is_fallible: bool
    comment: Words


@dataclass(frozen=True)
class Input:
    """One source, for a template."""

    name: str
    kind: str
    relation: Expression
    file: Expression
    keep: Expression
    row_key: Expression
    version: Expression
    columns: list[InputColumn]

    @property
    def fallible(self) -> list[InputColumn]:
        return [column for column in self.columns if column.is_fallible or column.is_needed]

    @property
    def plain(self) -> list[InputColumn]:
        return [column for column in self.columns if not column.is_fallible]

    @property
    def parsed(self) -> list[InputColumn]:
        return [column for column in self.columns if column.is_fallible]


def prepare(
    con: duckdb.DuckDBPyConnection, config: Config | None, params: Params, temp: Path = Path()
) -> dict[str, list[Input]]:
    """Return {kind: its sources}; a kind without source has one without rows, so that its table exists.

    Raises:
        RecsysError: a source that cannot be read or a mapping that does not fit it.
    """
    attributes = attribute_names(config)
    result: dict[str, list[Input]] = {}
    for kind in canonical():
        extra = attributes if kind == "users" else []
        found = [
            _Mapper(con, source, config, params, temp).input(extra) for source in (config.of(kind) if config else [])
        ]
        result[kind] = found or [_nothing(kind, extra)]
    return result


def run_context(inputs: dict[str, list[Input]], config: Config | None, run_id: int, run_at: dt.datetime) -> dict[str, Any]:
    """Return what every template may use beside its parameters."""
    private = {name for source in (config.of("users") if config else []) for name in source.private}
    described = {str(column.name): column.comment for source in inputs["users"] for column in source.columns}
    return {
        "inputs": SimpleNamespace(**inputs),
        "kinds": [{"name": kind, "table": Identifier(f"raw.{kind}")} for kind in canonical()],
        "attributes": [
            {
                "column": Column(name),
                "comment": described[name],
                "published": [] if name in private or name.startswith("contact_") else [Column(name)],
            }
            for name in attribute_names(config)
        ],
        "run_id": run_id,
        "run_at": run_at,
    }


def attribute_names(config: Config | None) -> list[str]:
    """Return the users' attributes over all sources, contact data under contact_<key>, in order of appearance."""
    if config is None:
        return []
    names = [name for source in config.of("users") for name in source.attributes]
    names += [f"contact_{name}" for source in config.of("users") for name in source.contact]
    return list(dict.fromkeys(names))


def _nothing(kind: str, extra: list[str]) -> Input:
    columns = [_absent(name, about) for name, about in canonical()[kind].items()]
    columns += [_absent(name, {"type": "text", "comment": name}) for name in extra]
    nothing = Expression("null")
    return Input(kind, kind, Expression("(select 1 as one where false)"), nothing, Expression("true"),
                 Expression("cast(null as varchar)"), Expression("cast(null as double)"), columns)


def _absent(name: str, about: dict[str, Any]) -> InputColumn:
    value = Expression(f"cast(null as {TYPES[about['type']]})")
    return _fixed(about.get("as", name), value, about["comment"])


def _fixed(name: str, value: Expression, comment: str) -> InputColumn:
    """A column that cannot fail: a constant, text, or one that the source does not have."""
    return InputColumn(Column(name), name, value, value, Column(name + "_text"), "", False, False, Words(comment))


class _Mapper:
    def __init__(self, con, source: Source, config: Config, params: Params, temp: Path) -> None:
        self.con, self.source = con, source
        self.mark = source.format.get("decimal", ".")
        self.zone = source.timezone or params["project.timezone"]
        self.formats = _date_formats(source.format.get("date"))
        self.relation, self.has_file = relation(con, source, config.folder, temp)
        self.types = self._describe()

    def _describe(self) -> dict[str, str]:
        try:
            rows = self.con.sql(f"describe select * from {self.relation}").fetchall()
        except duckdb.Error as error:
            raise RecsysError(f"{self.source.where}: cannot be read: {str(error).splitlines()[0]}") from None
        return {row[0]: row[1] for row in rows if row[0] != "source_file"}

    def input(self, attributes: list[str]) -> Input:
        source = self.source
        columns = [self._column(name, about) for name, about in canonical()[source.kind].items()]
        columns += [self._attribute(name) for name in attributes]
        keys = [self._as_text(self._sql(key, "key")) for key in source.key]
        version = self._version(self._sql(source.latest_by, "latest_by")) if source.latest_by else "cast(null as double)"
        return Input(
            name=source.name,
            kind=source.kind,
            relation=Expression(self.relation),
            file=Expression("source_file" if self.has_file else "cast(null as varchar)"),
            keep=Expression(self._sql(source.keep, "where") if source.keep else "true"),
            row_key=Expression(" || chr(31) || ".join(keys) or "cast(null as varchar)"),
            version=Expression(version),
            columns=columns,
        )

    def _column(self, name: str, about: dict[str, Any]) -> InputColumn:
        source, kind = self.source, about["type"]
        if name in source.constants and name not in source.columns:
            value = Expression(f"cast({literal(source.constants[name])} as {TYPES[kind]})")
            return _fixed(about.get("as", name), value, about["comment"])
        if name not in source.columns:
            return _absent(name, about)
        sql = self._sql(source.columns[name], f"columns.{name}")
        native = self._type(sql, f"columns.{name}")
        fallible = kind != "text" and native == "VARCHAR"
        value = self._typed(quoted(name + "_text") if fallible else sql, native, kind)
        return InputColumn(
            name=Column(about.get("as", name)),
            words=source.columns[name],
            value=Expression(value),
            text=Expression(self._as_text(sql, native)),
            text_name=Column(name + "_text"),
            reason={"number": "not a number", "time": "not a date", "boolean": "neither yes nor no"}.get(kind, "missing"),
            is_needed=bool(about.get("required") or about.get("on_mapped")),
            is_fallible=fallible,
            comment=Words(about["comment"]),
        )

    def _attribute(self, name: str) -> InputColumn:
        source = self.source
        contact = name.removeprefix("contact_") if name.startswith("contact_") else None
        text = source.contact.get(contact) if contact else source.columns.get(name)
        comment = {"comment": f"user attribute, from {text or 'another source'}"}
        if text is None:
            return _fixed(name, Expression("null"), comment["comment"])
        sql = self._sql(text, f"columns.{name}")
        native = self._type(sql, f"columns.{name}")
        value = Expression(self._as_text(sql, native) if native in ("VARCHAR", "DOUBLE", "FLOAT") else sql)
        return _fixed(name, value, comment["comment"])

    def _sql(self, text: str, key: str) -> str:
        where = f"{self.source.where}: {key}"
        sql = resolve(text, self.types, self.mark, where)
        self._type(sql, key, text)
        return sql

    def _type(self, sql: str, key: str, text: str | None = None) -> str:
        try:
            return self.con.sql(f"describe select {sql} as value from {self.relation}").fetchall()[0][1]
        except duckdb.Error as error:
            unknown = [name for name in columns_named(text or sql, "") if name.lower() not in map(str.lower, self.types)]
            hint = f" There is no column '{unknown[0]}'.{near(unknown[0], self.types)}" if unknown else (
                " The columns of a csv are text: write cast(column as date) and the like where a function needs it."
                if "VARCHAR" in str(error) else "")
            reason = "" if unknown else f" {str(error).splitlines()[0]}"
            raise RecsysError(f"{self.source.where}: {key} = {text or sql!r} does not fit the source.{reason}{hint}") from None

    def _as_text(self, sql: str, native: str | None = None) -> str:
        native = native or self._type(sql, "columns")
        return f"float_to_text({sql})" if native in ("DOUBLE", "FLOAT") else f"clean_text({sql})"

    def _version(self, sql: str) -> str:
        native = self._type(sql, "latest_by")
        if native == "VARCHAR":
            return f"text_to_version({sql}, {literal(self.formats)}, {literal(self.mark)})"
        return f"epoch({sql})" if native.startswith(("TIMESTAMP", "DATE")) else f"cast({sql} as double)"

    def _typed(self, sql: str, native: str, kind: str) -> str:
        """Return SQL that gives the canonical type; what is text may fail and then gives null."""
        formats, mark, zone = literal(self.formats), literal(self.mark), literal(self.zone)
        is_text = native == "VARCHAR"
        match kind:
            case "text":
                return self._as_text(sql, native)
            case "number":
                return f"text_to_number({sql}, {mark})" if is_text else f"try_cast({sql} as decimal(18, 6))"
            case "boolean":
                return f"text_to_boolean({sql})" if is_text else f"cast({sql} as boolean)"
            case "time" if is_text:
                return f"text_to_utc({sql}, {formats}, {zone})"
            case "time" if native.startswith("TIMESTAMP WITH"):
                return f"instant_to_utc({sql})"
            case "time" if native.startswith(("TIMESTAMP", "DATE")):
                return f"local_to_utc(cast({sql} as timestamp), {zone})"
        return f"epoch_to_utc({sql})"


def _date_formats(date: str | list[str] | None) -> list[str]:
    """A date format is tried with and without a time of day behind it."""
    if date is None:
        return PLAIN_DATES
    given = [date] if isinstance(date, str) else list(date)
    with_time = [f"{text} {time}" for text in given if "%H" not in text for time in ("%H:%M:%S", "%H:%M")]
    return [*given, *with_time]

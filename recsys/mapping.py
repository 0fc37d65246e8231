"""Maps the columns of one source to the canonical ones: what the templates of sql/raw put into SQL."""

from pathlib import Path
from typing import Any

import duckdb

from recsys.blocks import Source, canonical
from recsys.config import Config
from recsys.errors import RecsysError, near
from recsys.expressions import columns_named, resolve
from recsys.inputs import TYPES, Input, InputColumn, absent, fixed
from recsys.params import Params
from recsys.readers import relation
from recsys.render import Column, Expression, Words, literal, quoted

#: formats tried where a source names none; ISO in all its forms is understood anyway
PLAIN_DATES = ["%Y-%m-%d %H:%M:%S", "%Y%m%d", "%Y-%m-%dT%H:%M"]
#: what makes a row that row: in a file without it, all rows would pass for guests', undated or free of charge
IN_EVERY_FILE = ("user_id", "item_id", "order_id", "event_type", "occurred_at", "ordered_at", "line_amount", "unit_price")


class Mapper:
    """Reads what a source's columns are and writes the SQL that makes canonical ones of them."""

    def __init__(self, con, source: Source, config: Config, params: Params, temp: Path) -> None:
        self.con, self.source = con, source
        self.mark = source.format.get("decimal", ".")
        self.zone = source.timezone or params["project.timezone"]
        self.formats = _date_formats(source.format.get("date"))
        found = relation(con, source, config.folder, temp)
        self.relation, self.files, self.headers = found.sql, found.files, found.headers
        self.types = self._describe()
        columns = ", ".join(f"cast(null as {kind}) as {quoted(name)}" for name, kind in self.types.items())
        self.shape = f"(select {columns})"  # stands for the source wherever only types matter

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
        version = self._version(self._sql(source.latest_by, "latest_by")) if source.latest_by else "cast(null as double)"
        return Input(
            name=source.name,
            kind=source.kind,
            where=source.where,
            relation=Expression(self.relation),
            file=Expression("source_file" if self.files else "cast(null as varchar)"),
            paths=list(self.files),
            names=list(self.files.values()),
            keep=Expression(self._condition(source.keep) if source.keep else "true"),
            row_key=Expression(self._row_key()),
            version=Expression(version),
            columns=columns,
        )

    def _condition(self, text: str) -> str:
        sql = self._sql(text, "where")
        if (native := self._type(sql, "where")) != "BOOLEAN":
            raise RecsysError(f"{self.source.where}: where = {text!r} is a {native.lower()}, not true or false for each "
                              "row: write a comparison, such as status <> 'test'")
        return sql

    def _row_key(self) -> str:
        """The key's parts as one text; a row that has none of them has no key."""
        parts = [f"coalesce({self._as_text(self._sql(key, 'key'))}, '')" for key in self.source.key]
        blank = literal("\x1f" * (len(parts) - 1))
        return f"nullif({' || chr(31) || '.join(parts)}, {blank})" if parts else "cast(null as varchar)"

    def _column(self, name: str, about: dict[str, Any]) -> InputColumn:
        source, kind = self.source, about["type"]
        if name in source.constants and name not in source.columns:
            return fixed(about.get("as", name), self._constant(name, TYPES[kind]), about["comment"])
        if name not in source.columns:
            return absent(name, about)
        sql = self._sql(source.columns[name], f"columns.{name}")
        if name in IN_EVERY_FILE:
            self._in_every_file(name, source.columns[name])
        native = self._type(sql, f"columns.{name}")
        is_parsed = kind != "text" and native == "VARCHAR"
        value, text = self._typed(sql, native, kind), self._as_text(sql, native)
        self._type(value, f"columns.{name}", source.columns[name])
        if is_parsed:
            value = self._typed(quoted(name + "_text"), native, kind)
        elif kind in ("number", "rate"):
            text = f"case when {value} is null then {text} end"  # too large to keep, rarely
        return InputColumn(
            name=Column(about.get("as", name)),
            words=source.columns[name],
            value=Expression(value),
            text=Expression(text),
            text_name=Column(name + "_text"),
            reason={"number": "not a number", "rate": "not a number", "time": "not a date", "boolean": "neither yes nor no"}.get(kind, "missing"),
            is_needed=bool(about.get("required") or about.get("on_mapped")),
            is_dispensable=bool(about.get("dispensable")),
            is_parsed=is_parsed,
            is_fallible=is_parsed or kind in ("number", "rate"),
            comment=Words(about["comment"]),
        )

    def _in_every_file(self, name: str, text: str) -> None:
        """An expression that chooses, by coalesce, says itself what stands in for a column that is not there."""
        known = {column.lower() for column in self.types}
        named = {text.lower()} if text.lower() in known else {each.lower() for each in columns_named(text, "")} & known
        for file, header in self.headers.items():
            missing = sorted(named - {column.lower() for column in header})
            if missing and "coalesce(" not in text.lower():
                raise RecsysError(
                    f"{self.source.where}: columns.{name} = {text!r}: {file} has no column '{missing[0]}'."
                    f"{near(missing[0], header)} Make the files that call it otherwise a source of their own.")

    def _attribute(self, name: str) -> InputColumn:
        source = self.source
        text = source.columns.get(name, source.contact.get(name.removeprefix("contact_")))
        comment = f"user attribute, from {text or 'another source'}"
        if name in source.constants:
            return fixed(name, self._constant(name), "user attribute, the same for the whole source")
        if text is None:
            return fixed(name, Expression("null"), comment)
        sql = self._sql(text, f"columns.{name}")
        native = self._type(sql, f"columns.{name}")
        return fixed(name, Expression(self._as_text(sql, native) if native in ("VARCHAR", "DOUBLE", "FLOAT") else sql), comment)

    def _constant(self, name: str, kind: str | None = None) -> Expression:
        value = self.source.constants[name]
        sql = f"cast({literal(value)} as {kind})" if kind else literal(value)
        try:
            self.con.sql(f"select {sql}").fetchall()
        except duckdb.Error:
            raise RecsysError(f"{self.source.where}: constants.{name} is a {kind}, not {value!r}") from None
        return Expression(sql)

    def _sql(self, text: str, key: str) -> str:
        sql = resolve(text, self.types, self.mark, f"{self.source.where}: {key}")
        self._type(sql, key, text)
        return sql

    def _type(self, sql: str, key: str, text: str | None = None) -> str:
        try:
            beside = quoted(next(iter(self.types)))  # an aggregate is no value of a row
            return self.con.sql(f"describe select {sql} as value, {beside} from {self.shape}").fetchall()[0][1]
        except duckdb.Error as error:
            unknown = [name for name in columns_named(text or sql, "") if name.lower() not in map(str.lower, self.types)]
            hint = f" There is no column '{unknown[0]}'.{near(unknown[0], self.types)}" if unknown else (
                " The columns of a csv are text: write cast(column as date) and the like where a function needs it."
                if "VARCHAR" in str(error) else "")
            said = str(error).splitlines()
            reason = "" if unknown else " " + " ".join([said[0], *(line for line in said[1:2] if line.startswith("Did you mean"))])
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
        mark, zone = literal(self.mark), literal(self.zone)
        is_text = native == "VARCHAR"
        match kind:
            case "text":
                return self._as_text(sql, native)
            case "number" | "rate":
                return f"text_to_{kind}({sql}, {mark})" if is_text else f"try_cast({sql} as {TYPES[kind]})"
            case "boolean":
                return f"text_to_boolean({sql})" if is_text else f"cast({sql} as boolean)"
            case "time" if is_text:
                return self._utc(sql)
            case "time" if native.startswith("TIMESTAMP WITH"):
                return f"instant_to_utc({sql})"
            case "time" if native.startswith(("TIMESTAMP", "DATE")):
                return f"local_to_utc(cast({sql} as timestamp), {zone})"
        return f"epoch_to_utc({sql})"

    def _utc(self, sql: str) -> str:
        """Return SQL that reads a time from text: formats with an offset give an instant, the others local time."""
        zoned = [text for text in self.formats if "%z" in text.lower()]
        local = [text for text in self.formats if text not in zoned] or PLAIN_DATES
        parsed = f"text_to_utc({sql}, {literal(local)}, {literal(self.zone)})"
        return f"coalesce(instant_to_utc(try_strptime({sql}, {literal(zoned)})), {parsed})" if zoned else parsed


def _date_formats(date: str | list[str] | None) -> list[str]:
    """A date format is tried with and without a time of day behind it."""
    if date is None:
        return PLAIN_DATES
    given = [date] if isinstance(date, str) else list(date)
    with_time = [f"{text} {time}" for text in given if "%H" not in text for time in ("%H:%M:%S", "%H:%M")]
    return [*given, *with_time]

"""One block of the project file: a source of one kind of input, where it comes from and how it is mapped."""

import zoneinfo
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from recsys.errors import RecsysError, near
from recsys.library import bundled
from recsys.params import load_toml

WORDS = {str: "text", bool: "true or false", int: "a whole number", list: "a list of texts", dict: "a table"}
#: what a block may hold, and of which type
SOURCE_KEYS: dict[str, tuple[type, ...]] = {
    "name": (str,), "from": (object,), "query": (str,), "where": (str,), "key": (str, list), "latest_by": (str,),
    "constants": (dict,), "columns": (dict,), "contact": (dict,), "private": (list,), "format": (dict,),
    "timezone": (str,),
}
FORMAT_KEYS: dict[str, tuple[type, ...]] = {
    "delimiter": (str,), "decimal": (str,), "encoding": (str,), "date": (str, list), "header": (bool,),
    "columns": (list,), "quote": (str,), "skip": (int,), "null": (str, list),
}
#: what an interaction is when nothing says so, by the first of these that is mapped
IMPLIED_EVENTS = {
    "rating": "rating", "line_amount": "purchase", "unit_price": "purchase", "order_id": "purchase",
    "quantity": "purchase",
}


@cache
def canonical() -> dict[str, dict[str, dict[str, Any]]]:
    """Return {kind: {column: {type, comment, required, on_mapped}}} as sql/raw/inputs.toml declares it."""
    return load_toml(bundled("sql") / "raw" / "inputs.toml")


@dataclass(frozen=True)
class Source:
    """A block, checked; ``where`` names it in errors."""

    kind: str
    name: str
    where: str
    origin: Any = None
    query: str | None = None
    keep: str | None = None
    key: tuple[str, ...] = ()
    latest_by: str | None = None
    constants: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    contact: dict[str, str] = field(default_factory=dict)
    private: tuple[str, ...] = ()
    format: dict[str, Any] = field(default_factory=dict)
    timezone: str | None = None

    @property
    def attributes(self) -> list[str]:
        """The keys of a users block that are no canonical column."""
        return [name for name in (*self.columns, *self.constants) if name not in canonical()[self.kind]]


def read_block(file: Path, kind: str, number: int, block: Any) -> Source:
    """Check one block and return it as a source.

    Raises:
        RecsysError: a key or column that is not known, ill-typed or missing; the message has the near match.
    """
    if not isinstance(block, dict):
        raise RecsysError(f"{file}: [[{kind}]] no. {number} is a table of keys, not {block!r}")
    known = canonical()[kind]
    name = _name(block)
    where = f"{file}: [[{kind}]] {name or f'no. {number}'}"
    inline = {key: block[key] for key in block if kind == "exchange_rates" and key in known}
    for key in block:
        if key not in SOURCE_KEYS and key not in inline:
            hint = near(key, (*SOURCE_KEYS, *known))
            more = f" Columns stand under [{kind}.columns]." if key in known else hint
            raise RecsysError(f"{where}: unknown key '{key}'.{more}")
    _check_types(where, "", block, SOURCE_KEYS)
    _check_format(where, block.get("format", {}))
    constants = {**block.get("constants", {}), **inline}
    columns, contact = dict(block.get("columns", {})), block.get("contact", {})
    if not inline and ("from" in block) == ("query" in block):
        raise RecsysError(f"{where}: say where it comes from, with either `from` or `query`")
    for key in (*columns, *constants):
        if key not in known and not (kind == "users" and key.isidentifier()):
            raise RecsysError(f"{where}: '{key}' is no column of {kind}.{near(key, known)}")
    for table, mapping in (("columns", columns), ("contact", contact)):
        for key, value in mapping.items():
            if not isinstance(value, str) or not value.strip():
                raise RecsysError(f"{where}: {table}.{key} names a column or an SQL expression, not {value!r}")
    for key in block.get("private", ()):
        if key not in (*columns, *constants):
            raise RecsysError(f"{where}: private names '{key}', which is not mapped.{near(key, (*columns, *constants))}")
    _require(where, kind, known, {*columns, *constants}, block)
    if kind == "interactions" and "event_type" not in {*columns, *constants}:
        implied = (event for column, event in IMPLIED_EVENTS.items() if column in columns)
        constants["event_type"] = next(implied, "other")
    key = block.get("key", ())
    return Source(
        kind=kind,
        name=name or (kind if number == 1 else f"{kind}_{number}"),
        where=where,
        origin=block.get("from"),
        query=block.get("query"),
        keep=block.get("where"),
        key=(key,) if isinstance(key, str) else tuple(key),
        latest_by=block.get("latest_by"),
        constants=constants,
        columns=columns,
        contact=contact,
        private=tuple(block.get("private", ())),
        format=block.get("format", {}),
        timezone=check_timezone(where, block.get("timezone")),
    )


def check_timezone(where: object, zone: Any) -> str | None:
    """Return ``zone``.

    Raises:
        RecsysError: it is no IANA name; the message has the near match.
    """
    if zone is not None and zone not in (known := zoneinfo.available_timezones()):
        raise RecsysError(f"{where}: timezone is an IANA name such as 'Europe/Berlin', not {zone!r}.{near(zone, known)}")
    return zone


def _check_types(where: str, before: str, table: dict[str, Any], types: dict[str, tuple[type, ...]]) -> None:
    for key, value in table.items():
        expected = types.get(key, (object,))
        is_list_of_other = list in expected and isinstance(value, list) and not all(isinstance(x, str) for x in value)
        if not isinstance(value, expected) or is_list_of_other:
            words = " or ".join(WORDS[kind] for kind in expected)
            raise RecsysError(f"{where}: {before}{key} is {words}, not {value!r}")


def _check_format(where: str, form: dict[str, Any]) -> None:
    for key in form:
        if key not in FORMAT_KEYS:
            raise RecsysError(f"{where}: unknown format key '{key}'.{near(key, FORMAT_KEYS)}")
    _check_types(where, "format.", form, FORMAT_KEYS)
    if form.get("decimal", ".") not in (".", ","):
        raise RecsysError(f"{where}: format.decimal is '.' or ',', not {form['decimal']!r}")
    dates = form.get("date", [])
    for text in [dates] if isinstance(dates, str) else dates:
        if "%" not in text:
            raise RecsysError(
                f"{where}: format.date is written with %d day, %m month, %Y year, %H:%M:%S time, such as '%d.%m.%Y'; not {text!r}"
            )


def _require(where: str, kind: str, known: dict, mapped: set[str], block: dict[str, Any]) -> None:
    for name, about in known.items():
        if about.get("required") and name not in mapped:
            raise RecsysError(f"{where}: {name} is not mapped ({about['comment']}): add it under [{kind}.columns]")
    if kind == "interactions":
        if {"line_amount", "unit_price"} <= mapped:
            raise RecsysError(f"{where}: map line_amount or unit_price, not both")
        if not mapped & {"user_id", "item_id", "order_id", "original_order_id"}:
            raise RecsysError(f"{where}: neither user_id, item_id nor order_id is mapped: nothing can be told from it")
    if kind == "identities" and not ("user_id" in mapped or {"other_id_type", "other_id_value"} <= mapped):
        raise RecsysError(f"{where}: map user_id, or other_id_type and other_id_value, beside id_value")
    if block.get("latest_by") and not block.get("key"):
        raise RecsysError(f"{where}: latest_by says which of the rows with one `key` counts; there is no key")


def _name(block: dict[str, Any]) -> str:
    """The block's own name, else the file's, else nothing."""
    first = block.get("from")
    first = first[0] if isinstance(first, list) and first else first
    from_file = Path(first).name.split(".")[0].rstrip("_-*?") if isinstance(first, str) else ""
    return str(block.get("name", from_file))

"""Reads recsys.toml: what it may hold is said here, and every slip is answered with the near match."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from recsys.errors import RecsysError, near
from recsys.library import bundled
from recsys.params import load_toml

#: keys of the project file that are values of [project] in params.toml
PROJECT_KEYS = ("timezone", "currency", "amounts_include_tax", "id_type", "as_of_on")
SOURCE_KEYS = (
    "name", "from", "query", "where", "key", "latest_by", "constants", "columns", "contact", "private",
    "format", "timezone",
)
FORMAT_KEYS = ("delimiter", "decimal", "encoding", "date", "header", "columns", "quote", "skip", "null")
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
    """One block of the project file: a kind of input, where it comes from and how it is mapped."""

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
        return [name for name in self.columns if name not in canonical()[self.kind]]


@dataclass(frozen=True)
class Config:
    """A project file, checked."""

    folder: Path
    file: Path
    database: Path
    project: dict[str, Any]
    params: dict[str, Any]
    attach: dict[str, str]
    sources: list[Source]

    def of(self, kind: str) -> list[Source]:
        return [source for source in self.sources if source.kind == kind]


def read_config(folder: Path, given: dict[str, Any] | None = None) -> Config:
    """Read ``folder``/recsys.toml, or take ``given``, a dict of the same shape.

    Raises:
        RecsysError: the file is missing or wrong somewhere; the message says where and what is near.
    """
    file = folder / "recsys.toml"
    if given is None and not file.is_file():
        raise RecsysError(
            f"There is no recsys.toml in {folder}. `recsys init DIR FILES...` writes one; `recsys demo` shows one."
        )
    text = given if given is not None else load_toml(file)
    kinds = canonical()
    allowed = ("database", *PROJECT_KEYS, "attach", "params", *kinds)
    for key in text:
        if key not in allowed:
            raise RecsysError(f"{file}: unknown key '{key}'.{near(key, allowed)}")
    sources: list[Source] = []
    for kind in kinds:
        blocks = text.get(kind, [])
        if not isinstance(blocks, list):
            raise RecsysError(f"{file}: write [[{kind}]] with two brackets: one block per source")
        for number, block in enumerate(blocks, 1):
            sources.append(_source(file, kind, number, block))
    if not any(source.kind == "interactions" for source in sources):
        raise RecsysError(f"{file}: no [[interactions]] block: recsys needs at least one source of interactions")
    names = [source.name for source in sources if source.kind == "interactions"]
    for name in names:
        if names.count(name) > 1:
            raise RecsysError(f"{file}: two interactions sources are called '{name}': give each its own `name`")
    return Config(
        folder=folder,
        file=file,
        database=folder / _text(file, text, "database", "recsys.duckdb"),
        project={key: text[key] for key in PROJECT_KEYS if key in text},
        params=_flat(file, text.get("params", {})),
        attach=text.get("attach", {}),
        sources=sources,
    )


def _text(file: Path, table: dict[str, Any], key: str, default: str) -> str:
    value = table.get(key, default)
    if not isinstance(value, str) or not value:
        raise RecsysError(f"{file}: {key} is text, not {value!r}")
    return value


def _flat(file: Path, params: Any) -> dict[str, Any]:
    if not isinstance(params, dict) or not all(isinstance(table, dict) for table in params.values()):
        raise RecsysError(f"{file}: [params] holds a table per folder: recommendation = {{ top_n = 10 }}")
    return {f"{folder}.{name}": value for folder, table in params.items() for name, value in table.items()}


def _source(file: Path, kind: str, number: int, block: Any) -> Source:
    known = canonical()[kind]
    where = f"{file}: [[{kind}]] {block.get('name', f'no. {number}')}"
    inline = {key: block[key] for key in block if kind == "exchange_rates" and key in known}
    for key in block:
        if key not in SOURCE_KEYS and key not in inline:
            hint = near(key, (*SOURCE_KEYS, *known))
            more = f" Columns stand under [{kind}.columns]." if key in known else hint
            raise RecsysError(f"{where}: unknown key '{key}'.{more}")
    constants = {**block.get("constants", {}), **inline}
    columns = dict(block.get("columns", {}))
    if not inline and ("from" in block) == ("query" in block):
        raise RecsysError(f"{where}: say where it comes from, with either `from` or `query`")
    for key in (*columns, *constants):
        if key not in known and not (kind == "users" and key.isidentifier()):
            raise RecsysError(f"{where}: '{key}' is no column of {kind}.{near(key, known)}")
    for key, value in columns.items():
        if not isinstance(value, str) or not value.strip():
            raise RecsysError(f"{where}: columns.{key} names a column or an SQL expression, not {value!r}")
    for key in block.get("format", {}):
        if key not in FORMAT_KEYS:
            raise RecsysError(f"{where}: unknown format key '{key}'.{near(key, FORMAT_KEYS)}")
    _require(where, kind, known, {*columns, *constants}, block)
    if kind == "interactions" and "event_type" not in {*columns, *constants}:
        implied = (event for column, event in IMPLIED_EVENTS.items() if column in columns)
        constants["event_type"] = next(implied, "other")
    key = block.get("key", ())
    return Source(
        kind=kind,
        name=_name(block, kind, number),
        where=where,
        origin=block.get("from"),
        query=block.get("query"),
        keep=block.get("where"),
        key=(key,) if isinstance(key, str) else tuple(key),
        latest_by=block.get("latest_by"),
        constants=constants,
        columns=columns,
        contact=block.get("contact", {}),
        private=tuple(block.get("private", ())),
        format=block.get("format", {}),
        timezone=block.get("timezone"),
    )


def _require(where: str, kind: str, known: dict, mapped: set[str], block: dict[str, Any]) -> None:
    for name, about in known.items():
        if about.get("required") and name not in mapped:
            raise RecsysError(f"{where}: {name} is not mapped ({about['comment']}): add it under [{kind}.columns]")
    if kind == "interactions":
        if {"line_amount", "unit_price"} <= mapped:
            raise RecsysError(f"{where}: map line_amount or unit_price, not both")
        if not mapped & {"user_id", "item_id"}:
            raise RecsysError(f"{where}: neither user_id nor item_id is mapped: nothing can be told from it")
    if kind == "identities" and not ("user_id" in mapped or {"other_id_type", "other_id_value"} <= mapped):
        raise RecsysError(f"{where}: map user_id, or other_id_type and other_id_value, beside id_value")
    if block.get("latest_by") and not block.get("key"):
        raise RecsysError(f"{where}: latest_by says which of the rows with one `key` counts; there is no key")


def _name(block: dict[str, Any], kind: str, number: int) -> str:
    """The block's own name, else the file's, else the kind's."""
    if "name" in block:
        return str(block["name"])
    first = block.get("from")
    first = first[0] if isinstance(first, list) and first else first
    if isinstance(first, str):
        return Path(first).name.split(".")[0].rstrip("_-*?") or kind
    return kind if number == 1 else f"{kind}_{number}"

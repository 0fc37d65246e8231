"""What init passes along: an export that was found, what its columns hold, and the source guessed from it."""

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import duckdb

NESTED = re.compile(r"STRUCT|MAP|\[\d*\]|UNION|BLOB|JSON")


@cache
def reserved() -> set[str]:
    """Return the words that cannot be a column's name without quotes."""
    sql = "select keyword_name from duckdb_keywords() where keyword_category in ('reserved', 'type_function')"
    return {word for (word,) in duckdb.connect().execute(sql).fetchall()}


def ident(name: str) -> str:
    """Return a column name as SQL, quoted only where it must be."""
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) and name.lower() not in reserved():
        return name
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    """Return a value as an SQL literal."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(literal(each) for each in value) + "]"
    return "'" + str(value).replace("'", "''") + "'"


def percent(share: float) -> str:
    """Return a share in words; only all is 100% and only nothing is 0%."""
    if 0 < share < 0.01:
        return "under 1%"
    return "over 99%" if 0.99 < share < 1 else f"{share:.0%}"


@dataclass
class Column:
    """One column of an export and what was measured on it."""

    name: str
    type: str = "VARCHAR"
    filled: float = 0.0  # share of rows with a value
    distinct: int = 0  # about how many different values
    values: list[str] = field(default_factory=list)  # different values of the sample as text, the usual first
    counts: list[int] = field(default_factory=list)  # how often each of these occurs
    number: float = 0.0  # share of rows whose value is a number
    date: str | None = None  # "iso", "epoch" or strptime formats, | between, when they are times

    @property
    def is_nested(self) -> bool:
        """It holds records, lists or bytes."""
        return bool(NESTED.search(self.type))

    @property
    def is_number(self) -> bool:
        """Nearly all values are numbers."""
        return self.number > 0.9


@dataclass
class Export:
    """Files of one layout, or one table of an attached database."""

    label: str  # how sentences call it
    stem: str  # what the source will be named
    paths: list[Path]
    reader: str  # csv, parquet, json or table
    format: dict = field(default_factory=dict)
    table: str = ""  # of an attached database, with its alias
    columns: dict[str, Column] = field(default_factory=dict)
    rows: int = 0
    con: duckdb.DuckDBPyConnection | None = None
    files: list[str] = field(default_factory=list)  # the paths as read, perhaps copies in UTF-8
    relation: str = ""  # everything, as SQL
    sample: str = ""  # the first rows, as a table
    notes: list[str] = field(default_factory=list)  # comments above its blocks

    def query(self, sql: str) -> list[tuple]:
        """Return all rows of a query."""
        return self.con.execute(sql).fetchall()

    def has(self, *names: str) -> bool:
        """Whether all of these are columns, exactly so written."""
        return all(name in self.columns for name in names)

    def first(self, *names: str) -> str | None:
        """Return the first of these that is a column with values."""
        return next((name for name in names if name in self.columns and self.columns[name].filled > 0), None)

    def holds(self, predicate: str) -> bool:
        """Whether any row is so: of a source without rows every refresh would warn."""
        return bool(self.query(f"select count(*) from {self.relation} where {predicate}")[0][0])

    def number(self, name: str) -> str:
        """Return a column as a number in SQL, with the file's decimal mark."""
        if self.format.get("decimal") == ",":
            return f"try_cast(replace(replace({ident(name)}::varchar, '.', ''), ',', '.') as double)"
        return f"try_cast({ident(name)} as double)"


@dataclass
class Source:
    """One block of recsys.toml, as guessed."""

    kind: str
    name: str
    export: Export
    columns: dict[str, str] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)  # a word behind a mapping
    constants: dict[str, str] = field(default_factory=dict)
    contact: dict[str, str] = field(default_factory=dict)
    query: str = ""  # over {source}; empty: the file as it is
    joined: dict[str, Export] = field(default_factory=dict)  # what else the query reads, by its name in braces
    where: str = ""
    key: list[str] = field(default_factory=list)
    date: list[str] = field(default_factory=list)  # strptime formats of its times
    maybe_key: list[str] = field(default_factory=list)  # unique so far, but no proof
    latest_by: str = ""
    notes: list[str] = field(default_factory=list)  # comments above the block
    candidates: dict[str, list[str]] = field(default_factory=dict)  # other columns that could be the id
    matched: float = 0.0  # share of the ids of another source that its own ids hold
    settings: dict[str, object] = field(default_factory=dict)  # what it says about the whole project
    measured: dict[str, str] = field(default_factory=dict)  # the same as SQL over the sample
    missing: dict[str, list[str]] = field(default_factory=dict)  # what was not found, and what could be it
    doubts: list[str] = field(default_factory=list)  # what could not be told
    currency: str = ""  # the column that says it
    recognised: str = ""  # the layout's name, empty when guessed from words

    def filled_query(self, read: dict[str, str]) -> str:
        """Return the query with the relations that it reads, by their names in braces."""
        text = self.query or "select * from {source}"
        for name, relation in read.items():
            text = text.replace("{" + name + "}", relation)
        return text

"""What must hold for every table: its grain, its own checks, and what its column names promise."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from textwrap import shorten

import duckdb

from recsys.errors import RecsysError
from recsys.model import Check, Model
from recsys.render import quoted

TOLERANCE = 1e-9

#: What a name promises. The suffix is a check that nobody has to write.
_RANGES = {
    "_share": f"between -{TOLERANCE} and 1 + {TOLERANCE}",
    "_probability": f"between -{TOLERANCE} and 1 + {TOLERANCE}",
    "similarity": f"between -1 - {TOLERANCE} and 1 + {TOLERANCE}",
    "rank": ">= 1",
    "_count": ">= 0",
}
_TYPES = {
    "_at": ("TIMESTAMP",), "_on": ("DATE",), "_amount": ("DECIMAL",),
    "is_": ("BOOLEAN",), "has_": ("BOOLEAN",), "_count": ("BIGINT", "INTEGER", "HUGEINT", "UBIGINT"),
}


@dataclass(frozen=True)
class Failure:
    """One check that some rows break."""

    table: str
    check: str
    row_count: int
    is_warning: bool
    advice: str = ""
    first: str = ""

    def __str__(self) -> str:
        first = f" (first: {self.first})" if self.first else ""
        advice = f": {self.advice}" if self.advice else ""
        check = shorten(self.check, 60, placeholder=" ...") if advice else self.check  # the advice says it in words
        return f"{self.table}: {self.row_count} row(s) break `{check}`{first}{advice}"


def columns_of(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """Return {column: its type} of a table or view."""
    found = con.sql(f"from {table}")
    return dict(zip(found.columns, map(str, found.types), strict=True))


def checked(
    con: duckdb.DuckDBPyConnection, model: Model, columns: Mapping[str, str], foreign: Collection[str] = (), *, everything: bool = True
) -> tuple[int, list[Failure]]:
    """Return the rows of the model's table and every check that does not hold for it, errors and warnings; in one query.

    Args:
        columns: {column: its type} of the table.
        foreign: columns whose names are the project's, so that they promise nothing.
        everything: otherwise only count.
    """
    if not everything:
        return con.execute(f"select count(*) from {model.table}").fetchall()[0][0], []
    columns = {name: kind for name, kind in columns.items() if name not in foreign}
    wanted = [(check, f"({check.predicate}) is not true") for check in model.checks]
    wanted += [(Check(text), f"not ({text})") for text in _promises(columns)]
    wanted += [(Check(f"{name} is not null"), f"{quoted(name)} is null") for name in model.grain if name in columns]
    counts = ["count(*)", _twice(model, columns), *(f"count(*) filter (where {broken})" for _, broken in wanted)]
    try:
        row_count, twice, *broken_counts = con.execute(f"select {', '.join(counts)} from {model.table}").fetchall()[0]
    except duckdb.BinderException as error:
        raise RecsysError(f"{model.path}: a check does not bind: {error}") from None
    found = [
        Failure(model.table, check.predicate, count, check.is_warning, *_told(con, model, columns, check.advice, broken))
        for (check, broken), count in zip(wanted, broken_counts, strict=True) if count
    ]
    return row_count, found + _type_failures(model, columns) + _grain_failures(model, columns, twice)


def _told(
    con: duckdb.DuckDBPyConnection, model: Model, columns: dict[str, str], advice: str, broken: str
) -> tuple[str, str]:
    """Return (the advice, which row breaks the check by its grain); of several the first.

    A column of that row that the advice names in braces is put in its place.
    """
    key = [name for name in model.grain if name in columns]
    named = [name for name in re.findall(r"\{(\w+)\}", advice) if name in columns]
    if not key:
        return advice, ""
    wanted, order = ", ".join(map(quoted, [*key, *named])), ", ".join(map(quoted, key))
    row = con.execute(f"select {wanted} from {model.table} where {broken} order by {order} limit 1").fetchall()[0]
    for name, value in zip(named, row[len(key):], strict=True):
        advice = advice.replace(f"{{{name}}}", str(value))
    return advice, ", ".join(f"{name} = {value}" for name, value in zip(key, row, strict=False))


def _promises(columns: dict[str, str]) -> list[str]:
    promises = [f"isfinite({quoted(name)})" for name, kind in columns.items() if kind in ("DOUBLE", "FLOAT")]
    for name, kind in columns.items():
        for suffix, bounds in _RANGES.items():
            named = name == suffix.strip("_") or (suffix.startswith("_") and name.endswith(suffix))
            if named and kind not in ("VARCHAR", "BOOLEAN"):
                promises.append(f"{quoted(name)} {bounds}")
    return promises


def _type_failures(model: Model, columns: dict[str, str]) -> list[Failure]:
    found = []
    for name, kind in columns.items():
        for affix, kinds in _TYPES.items():
            has = name.startswith(affix) if affix.endswith("_") else name.endswith(affix)
            if has and not kind.startswith(kinds):
                found.append(Failure(model.table, f"{name} is {kinds[0].lower()}, not {kind.lower()}", 1, False))
    return found


def _twice(model: Model, columns: Collection[str]) -> str:
    """Return SQL for how many of the grain's keys stand in several rows."""
    names = ", ".join(quoted(name) for name in model.grain if name in columns)
    return f"(select count(*) from (select 1 from {model.table} group by {names} having count(*) > 1))" if names else "0"


def _grain_failures(model: Model, columns: Collection[str], twice: int) -> list[Failure]:
    missing = [name for name in model.grain if name not in columns]
    if missing:
        return [Failure(model.table, f"grain names a column that is not there: {', '.join(missing)}", 1, False)]
    return [Failure(model.table, f"one row per {', '.join(model.grain)}", twice, False)] if twice else []

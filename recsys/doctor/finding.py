"""What the doctor finds, and the facts it is found from."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import duckdb

from recsys.blocks import canonical
from recsys.config import Config
from recsys.params import Params

State = Literal["ok", "partly", "no", "warning"]


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's report.

    Attributes:
        topic: the feature, or what was looked at.
        state: ok; partly: works for some; no: not possible, or a refresh would stop; warning: worth a look.
        there: what there is, in numbers.
        missing: what is missing, and what to add where.
    """

    topic: str
    state: State
    there: str
    missing: str = ""


@dataclass
class Facts:
    """The project's inputs, built up to the models that the doctor reads."""

    con: duckdb.DuckDBPyConnection
    config: Config
    params: Params

    def rows(self, sql: str) -> list[dict[str, Any]]:
        found = self.con.sql(sql)
        names = found.columns
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def value(self, sql: str) -> Any:
        return self.con.sql(sql).fetchall()[0][0]

    @cached_property
    def _filled(self) -> dict[tuple[str, str], float]:
        found = {}
        for kind, columns in canonical().items():
            names = self.con.sql(f"from raw.{kind} limit 0").columns
            total, *counts = self.con.sql(f"select count(*), count(columns(*)) from raw.{kind}").fetchall()[0]
            counted = dict(zip(names, counts, strict=True))
            for name, about in columns.items():
                found[kind, name] = counted[about.get("as", name)] / total if total else 0.0
        return found

    def filled(self, kind: str, column: str) -> float:
        """The share of a kind's rows that have a value in that column."""
        return self._filled[kind, column]

    def is_mapped(self, kind: str, column: str) -> bool:
        return any(column in {*source.columns, *source.constants} for source in self.config.of(kind))

    def to_add(self, kind: str, *columns: str) -> str:
        """Say which of the columns to map, and where; "" when all are."""
        wanted = [column for column in columns if not self.is_mapped(kind, column)]
        if not wanted:
            return ""
        if not self.config.of(kind):
            return f"a [[{kind}]] source with {', '.join(wanted)}"
        return f"{', '.join(wanted)} under [{kind}.columns]"

"""Runs worked examples: each one's tables are inserted, its one model built, the result compared."""

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb

from recsys.build import Builder
from recsys.csvfiles import keep_unreadable
from recsys.errors import RecsysError
from recsys.graph import upstream
from recsys.kinds import tiles_of
from recsys.library import Library
from recsys.limits import limit
from recsys.members import is_chosen
from recsys.model import Model
from recsys.params import Params
from recsys.plan import Node, make_node, make_plan
from recsys.render import literal, quoted
from recsys.sources import prepare, run_context
from recsys.spec import Example, Table, read_spec
from recsys.sqltext import with_final

#: when the examples' refresh takes place: after all that happens in them
RUN_AT = dt.datetime(2030, 1, 1)


class SpecRunner:
    """An empty workspace, built once; each example runs in a transaction that is rolled back."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.con = duckdb.connect()
        limit(self.con)
        self.con.execute("set timezone = 'UTC'")
        self.con.execute(library.macros("duckdb.sql"))
        keep_unreadable(self.con)
        self.params = library.params().override({"project.id_type": "user"}, "examples")
        self.run = {**run_context(prepare(self.con, None, self.params), None, 1, RUN_AT), "are_members_given": True}
        builder = Builder(self.con, check=False)
        self.plan = make_plan(library, self.params, self.run, everything=True)
        for node in self.plan.nodes.values():
            builder.build(node)
        self.comments = builder.comments

    def examples(self) -> Iterator[Example]:
        folders = [self.library.root, *{model.path.parent.parent for model in self.library.models.values()}]
        for path in sorted({path for folder in folders for path in folder.glob("*/*.spec.md")}):
            yield from read_spec(path)

    def model_of(self, example: Example) -> Model:
        name = f"{example.path.parent.name}.{example.path.name.removesuffix('.spec.md').removeprefix('_')}"
        return self.library[name]

    def check(self, example: Example) -> str | None:
        """Return None, or what differs."""
        where = f"{example.path}:{example.line}: {example.title}"
        self.con.execute("begin")
        try:
            difference = self._run(example)
        except (duckdb.Error, RecsysError) as error:
            difference = str(error)
        finally:
            self.con.execute("rollback")
        return f"{where}\n{difference}" if difference else None

    def _run(self, example: Example) -> str | None:
        model, only = self.model_of(example), None
        settings = {
            key if "." in key else f"{model.schema}.{key}": value for key, value in example.settings.items()
        }
        params = self.params.override(settings, f"{example.path}:{example.line}")
        if self.library.is_formula(model):
            model, only = self.library.families[model.schema], [model]
        elif model.is_family and example.path.is_relative_to(self.library.root):
            # a packaged example speaks of the packaged members with a weight, whatever a project adds to them
            only = [member for member in self.library.members(model)
                    if member.path.is_relative_to(self.library.root) and is_chosen(self.library, member, params)]
        for table in example.given:
            self._insert(table)
        builder = Builder(self.con, check=False)
        builder.comments = dict(self.comments)
        self._build_between({table.name for table in example.given}, model, params, builder)
        node = make_node(self.library, model, params, self.run, everything=True, only=only)
        builder.build(node)
        for table in example.expect:
            source = f"from {node.table}"
            if table.name:
                parts = (with_final(sql, f"select * from {table.name}") for sql in self._statements(node))
                source = f"from ({' union all '.join(f'from ({part})' for part in parts)})"
            difference = self._compare(table, source)
            if difference:
                return difference
        return None

    def _build_between(self, given: set[str], model: Model, params: Params, builder: Builder) -> None:
        """Build every step from the given tables to the model, and what a changed setting alters."""
        changed = set(given)
        between = upstream(self.plan.inputs, [model.table]) - given - {model.table}
        for name in [name for name in self.plan.nodes if name in between]:
            node = make_node(self.library, self.plan.nodes[name].model, params, self.run, everything=True)
            if self.plan.inputs[name] & changed or node.sql != self.plan.nodes[name].sql:
                builder.build(node)
                changed.add(name)

    def _statements(self, node: Node) -> list[str]:
        """What the model runs: a tiled one once per tile."""
        if node.model.kind != "tiled":
            return [node.sql]
        return [node.tile_sql(tile) for tile in tiles_of(self.con, node)] or [node.sql]

    def _insert(self, table: Table) -> None:
        if table.name not in self.plan.nodes:
            raise RecsysError(f"given {table.name}: there is no such model")
        kinds = {row[0]: row[1] for row in self.con.sql(f"describe {table.name}").fetchall()}
        for column in table.columns:
            if column not in kinds:
                raise RecsysError(f"given {table.name}: it has no column {column}")
        if self.plan.nodes[table.name].model.kind == "view":
            columns = ", ".join(f"{quoted(column)} {kind}" for column, kind in kinds.items())
            self.con.execute(f"drop view if exists {table.name}")
            self.con.execute(f"create table if not exists {table.name} ({columns})")
        self.con.execute(f"delete from {table.name}")
        names = ", ".join(quoted(column) for column in table.columns)
        for row in table.rows:
            values = ", ".join(
                f"cast({literal(cell)} as {kinds[column]})" for column, cell in zip(table.columns, row, strict=True)
            )
            self.con.execute(f"insert into {table.name} ({names}) values ({values})")

    def _compare(self, table: Table, source: str) -> str | None:
        if not table.columns:
            rows = self.con.sql(f"select * {source}").fetchall()
            return f"  expected no rows, found {len(rows)}: {rows[:3]}" if rows else None
        names = ", ".join(quoted(column) for column in table.columns)
        actual = self.con.sql(f"select {names} {source}").fetchall()
        digits = [_digits(cells) for cells in zip(*table.rows, strict=True)]
        expected_rows = sorted(tuple(map(_plain, row, digits)) for row in table.rows)
        actual_rows = sorted(tuple(map(_plain, row, digits)) for row in actual)
        if expected_rows == actual_rows:
            return None
        return "\n".join([
            "  columns   " + " | ".join(table.columns),
            *("  missing   " + " | ".join(row) for row in expected_rows if row not in actual_rows),
            *("  not asked " + " | ".join(row) for row in actual_rows if row not in expected_rows),
            f"  {len(expected_rows)} rows expected, {len(actual_rows)} found",
        ])


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"[+-]?\d+(\.\d+)?", text))


def _digits(cells: tuple[str | None, ...]) -> int | None:
    """The decimals that a column is written with; None where nothing in it is a number."""
    return max((len(cell.partition(".")[2]) for cell in cells if cell and _is_number(cell)), default=None)


def _plain(value: Any, digits: int | None) -> str:
    """Write a cell the way the spec's author would, at the column's precision."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if digits is not None and (isinstance(value, int | float | Decimal) or _is_number(value)):
        return f"{round(Decimal(str(value)), digits):.{digits}f}".replace("-0." + "0" * digits, "0." + "0" * digits)
    return str(value)

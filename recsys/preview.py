"""One source before any refresh: its first rows as they are in the file, as they are understood, and totals."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import duckdb
import pandas as pd

from recsys.blocks import Source, canonical
from recsys.build import Builder
from recsys.config import Config
from recsys.engine import scratch
from recsys.errors import RecsysError, near
from recsys.graph import upstream
from recsys.library import Library
from recsys.mapping import Input
from recsys.params import Params
from recsys.plan import make_plan
from recsys.refresh import utc_now
from recsys.render import quoted
from recsys.sources import prepare, run_context

#: what is counted distinct, and what is added up beside the lines' amounts, where it is mapped
COUNTED = {"user_id": "users", "item_id": "items", "order_id": "orders"}
SUMMED = {"orders": ("order_total_amount", "order_discount_amount", "shipping_amount")}


@dataclass(frozen=True)
class Preview:
    """What a source looks like; each part is (title, table)."""

    source: Source
    raw: pd.DataFrame
    mapped: pd.DataFrame
    totals: pd.DataFrame

    @property
    def parts(self) -> list[tuple[str, pd.DataFrame]]:
        """The three tables; the rows lie on their side, a column to a line, so that they fit a terminal."""
        sources = pd.Series(_mapping(self.source), dtype=object).reindex(self.mapped.columns[1:]).map(_short, "ignore")
        mapped = _sideways(self.mapped)
        mapped.insert(1, "from", [None if pd.isna(text) else text for text in sources])
        if self.mapped["trouble_reason"].isna().all():
            mapped = mapped[~mapped["column"].str.startswith("trouble_")]
        return [
            (f"{self.source.name}: the first rows as they are", _sideways(self.raw)),
            (f"{self.source.name}: the same rows as {self.source.kind}, times in UTC", mapped),
            (f"{self.source.name}: all rows", self.totals),
        ]


def preview(config: Config, library: Library, params: Params, name: str, rows: int = 5) -> Preview:
    """Return the first ``rows`` rows of a source, raw and mapped, and totals over all of it.

    Args:
        name: the source's name; `kind.name` where sources of several kinds share it.

    Raises:
        RecsysError: no such source (with the near match), or one that cannot be read or mapped.
    """
    source = find_source(config, name)
    alone = replace(config, sources=[source])
    with scratch(library, alone) as (con, temp):
        inputs = prepare(con, alone, params, temp)
        plan = make_plan(library, params, run_context(inputs, alone, 0, utc_now()))
        needed = upstream(plan.inputs, ["staging.claims", "raw.unreadable_lines"])
        builder = Builder(con, check=False)
        for node in plan.nodes.values():
            if node.table in needed:
                builder.build(node)
        raw = _raw(con, inputs[source.kind][0], rows)
        return Preview(source, raw, _mapped(con, source, len(raw)), _totals(con, source, inputs[source.kind][0]))


def find_source(config: Config, name: str) -> Source:
    """Return the source of that name.

    Raises:
        RecsysError: there is none, or several kinds have one.
    """
    found = [source for source in config.sources if name in (source.name, f"{source.kind}.{source.name}")]
    if not found:
        raise RecsysError(f"{config.file}: no source is called '{name}'.{near(name, (s.name for s in config.sources))}")
    if len(found) > 1:
        full = " or ".join(f"{source.kind}.{source.name}" for source in found)
        raise RecsysError(f"{config.file}: several sources are called '{name}': say {full}")
    return found[0]


def _mapping(source: Source) -> dict[str, str]:
    """{column of raw: what it is made from}, in the order in which recsys lists them."""
    known = canonical()[source.kind]
    made = {name: f"= {value!r}" for name, value in source.constants.items()} | source.columns
    order = [name for name in known if name in made] + source.attributes
    contact = {f"contact_{name}": text for name, text in source.contact.items()}
    return {known.get(name, {}).get("as", name): made[name] for name in order} | contact


def _raw(con: duckdb.DuckDBPyConnection, source: Input, rows: int) -> pd.DataFrame:
    found = con.sql(f"select * from {source.relation} limit {int(rows)}")
    names = [name for name in found.columns if (name, source.file) != ("source_file", "source_file")]
    # a time with a zone would need yet another package to become a Python value; its text will do
    shown = ", ".join(
        f"cast({quoted(name)} as varchar)" if "TIME ZONE" in str(kind) else quoted(name)
        for name, kind in zip(found.columns, found.types, strict=True) if name in names
    )
    frame = pd.DataFrame(found.project(shown).fetchall(), columns=names, dtype=object)
    frame.insert(0, "row", range(1, len(frame) + 1))
    return frame


def _mapped(con: duckdb.DuckDBPyConnection, source: Source, rows: int) -> pd.DataFrame:
    names = [*_mapping(source), "trouble_column", "trouble_value", "trouble_reason"]
    columns = ", ".join(map(quoted, names))
    found = con.sql(f"select source_row, {columns} from raw.{source.kind} where source_row <= {rows}").fetchall()
    by_row = {row[0]: row for row in found}
    left_out = (None,) * (len(names) - 1) + ("left out by `where`",)
    return pd.DataFrame(
        [by_row.get(number, (number, *left_out)) for number in range(1, rows + 1)], columns=["row", *names], dtype=object
    )


def _totals(con: duckdb.DuckDBPyConnection, source: Source, read: Input) -> pd.DataFrame:
    table, mapped = f"raw.{source.kind}", _mapping(source)
    lines: list[tuple[str, Any, str | None]] = []

    def add(sql: str) -> None:
        for what, value, *note in con.sql(sql).fetchall():
            lines.append((what, float(value) if isinstance(value, Decimal) else value, note[0] if note else None))

    add(f"select 'rows', count(*), 'as they are in the source' from {read.relation}")
    if source.keep:
        add(f"select 'left out by where', {lines[0][1]} - count(*), null from {table}")
    add("select 'cannot be read: ' || trouble_reason, count(*), 'line ' || min(file_line_no) from raw.unreadable_lines group by all order by all")
    add(f"""select concat_ws(' ', 'cannot be used:', trouble_column, trouble_reason), count(*),
        'row ' || min(source_row) || coalesce(': ' || arg_min(trouble_value, source_row), '')
        from {table} where trouble_column is not null group by trouble_column, trouble_reason order by count(*) desc, 1""")
    add(f"""select concat_ws(' ', 'counts without:', gap_column, gap_reason), count(*),
        'row ' || min(source_row) || coalesce(': ' || arg_min(gap_value, source_row), '')
        from {table} where gap_column is not null and trouble_column is null group by gap_column, gap_reason order by count(*) desc, 1""")
    if source.key:
        add(f"select 'copies under the same key', count(row_key) - count(distinct row_key), 'the newest counts' from {table}")
    sound = f"from {table} where trouble_column is null"
    for column, what in COUNTED.items():
        if column in mapped:
            add(f"select 'different {what}', count(distinct {column}), nullif(count(*) - count({column}), 0) || ' rows without' {sound}")
    if source.kind == "interactions":
        add("select 'events: ' || coalesce(told_type, '(empty)'), count(*), null from staging.claims "
            "where trouble_column is null group by told_type order by 2 desc limit 12")
        add("select 'sum of amounts, ' || currency, sum(told_amount), 'before discounts, signs as in the source' "
            "from staging.claims where trouble_column is null and not is_superseded and told_amount is not null "
            "group by currency order by 1")
    for column in SUMMED.get(source.kind, ()):
        if column in mapped:
            add(f"select 'sum of {column}', sum({column}) {sound}")
    for name, about in canonical()[source.kind].items():
        column = about.get("as", name)
        if about["type"] == "time" and column in mapped:
            add(f"select 'first {name}', min({column}), 'UTC' {sound}")
            add(f"select 'last {name}', max({column}), 'UTC' {sound}")
    return pd.DataFrame(lines, columns=["what", "value", "note"], dtype=object)


def _sideways(frame: pd.DataFrame) -> pd.DataFrame:
    turned = pd.DataFrame({"column": frame.columns[1:]})
    for number, row in zip(frame["row"], frame.itertuples(index=False), strict=True):
        turned[f"row {number}"] = [None if value is None else _short(value) for value in row[1:]]
    return turned


def _short(value: Any, width: int = 36) -> str:
    plain = f"{value:f}".rstrip("0").rstrip(".") if isinstance(value, Decimal) and "." in f"{value:f}" else str(value)
    text = " ".join(plain.split())
    return text if len(text) <= width else text[: width - 1] + "…"

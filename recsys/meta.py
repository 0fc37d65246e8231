"""The run's own record, published beside the marts: meta.runs, models, params and columns."""

import datetime as dt
import hashlib
import json
from typing import Any

import duckdb

from recsys import __version__
from recsys.build import Built
from recsys.library import LAYERS, Library
from recsys.params import Params
from recsys.plan import Plan
from recsys.render import literal

TABLES = {
    "runs": (
        "Every refresh that was published; the record that a refresh is committed.",
        {
            "run_id": ("bigint", "the refresh, counted from 1"),
            "started_at": ("timestamp", "when it began, UTC"),
            "finished_at": ("timestamp", "when its tables were ready to publish, UTC"),
            "recsys_version": ("varchar", "version of recsys that made it"),
            "duckdb_version": ("varchar", "version of DuckDB that made it"),
            "is_published": ("boolean", "true: analysts have seen it"),
        },
    ),
    "models": (
        "The models of this refresh, in the order in which they were built.",
        {
            "position": ("bigint", "place in the build order, from 1"),
            "table_name": ("varchar", "schema.table"),
            "kind": ("varchar", "table, view, tiled, iterated or history"),
            "description": ("varchar", "what a row is"),
            "grain": ("varchar", "which columns identify a row"),
            "row_count": ("bigint", "rows; empty: a view, computed where it is read"),
            "build_seconds": ("double", "seconds it took to build and check"),
            "warnings": ("varchar", "checks that warn and do not hold"),
            "tile_count": ("bigint", "tiles that it was computed in; empty: not in tiles"),
            "joined_row_count": ("bigint", "about how many pair rows its tiles joined, each pair once; empty: its tiles count none"),
            "fingerprint": ("varchar", "of its file, without the values of parameters"),
        },
    ),
    "params": (
        "The value of every parameter in this refresh.",
        {
            "name": ("varchar", "folder.name"),
            "value": ("varchar", "value in this refresh, as JSON"),
            "default_value": ("varchar", "value where the project says nothing, as JSON"),
            "description": ("varchar", "what it does"),
        },
    ),
    "changes": (
        "Parameters and models that are not as they were in the refresh before.",
        {
            "kind": ("varchar", "parameter or model"),
            "name": ("varchar", "which one"),
            "value_before": ("varchar", "its value, or the fingerprint of its file, in the refresh before; empty: there was none"),
            "value_now": ("varchar", "the same in this refresh; empty: there is none"),
        },
    ),
    "columns": (
        "The dictionary: every column of every published table.",
        {
            "table_name": ("varchar", "table in this file"),
            "column_name": ("varchar", "column"),
            "data_type": ("varchar", "its type"),
            "description": ("varchar", "what it means"),
        },
    ),
}


def create(con: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that are not there yet."""
    con.execute("begin")
    con.execute("create schema if not exists meta")
    for name, (comment, columns) in TABLES.items():
        body = ", ".join(f"{column} {kind}" for column, (kind, _) in columns.items())
        con.execute(f"create table if not exists meta.{name} ({body})")
        for column, (kind, _) in columns.items():  # a workspace of an earlier version may lack some
            con.execute(f"alter table meta.{name} add column if not exists {column} {kind}")
        con.execute(f"comment on table meta.{name} is {literal(comment)}")
        for column, (_, text) in columns.items():
            con.execute(f"comment on column meta.{name}.{column} is {literal(text)}")
    con.execute("commit")


def begin_run(con: duckdb.DuckDBPyConnection, started_at: dt.datetime) -> int:
    """Record that a run has begun; its number follows that of the last published one."""
    con.execute("delete from meta.runs where not is_published")
    run_id = con.sql("select coalesce(max(run_id), 0) + 1 from meta.runs").fetchall()[0][0]
    con.execute(
        "insert into meta.runs values (?, ?, null, ?, ?, false)",
        [run_id, started_at, __version__, duckdb.__version__],
    )
    return run_id


def record(
    con: duckdb.DuckDBPyConnection, run_id: int, plan: Plan, built: list[Built], params: Params, now: dt.datetime
) -> None:
    """Fill models, params and columns for this run."""
    con.execute("update meta.runs set finished_at = ? where run_id = ?", [now, run_id])
    con.execute("begin")  # hundreds of rows, one write
    for name in ("models", "params", "columns"):
        con.execute(f"delete from meta.{name}")
    models = [
        [position, item.table, item.kind, plan.nodes[item.table].model.summary,
         ", ".join(plan.nodes[item.table].model.grain), item.row_count, round(item.seconds, 3),
         "\n".join(map(str, item.warnings)) or None, item.tile_count, item.joined_row_count,
         hashlib.md5(plan.nodes[item.table].model.template.encode(), usedforsecurity=False).hexdigest()]
        for position, item in enumerate(built, 1)
    ]
    _insert(con, "models", models)
    values = [
        [key, json.dumps(params[key]), json.dumps(about.default), about.comment]
        for key, about in sorted(params.declared.items())
    ]
    _insert(con, "params", values)
    con.execute(
        "insert into meta.columns select table_name, column_name, data_type, comment from duckdb_columns() "
        "where database_name = current_database() and schema_name = 'mart' order by table_name, column_index"
    )
    con.execute("commit")


def _insert(con: duckdb.DuckDBPyConnection, name: str, rows: list[list[Any]]) -> None:
    """Insert rows by one statement: a column is a list."""
    columns = TABLES[name][1]
    lists = ", ".join(f"unnest(?::{kind}[])" for kind, _ in columns.values())
    con.execute(f"insert into meta.{name} ({', '.join(columns)}) select {lists}", [list(values) for values in zip(*rows, strict=True)])


def drop_leftovers(con: duckdb.DuckDBPyConnection, library: Library, plan: Plan) -> None:
    """Drop tables of models that are gone, so that nothing stale is ever read or published; history stays."""
    found = con.sql(
        "select table_schema || '.' || table_name, table_type from information_schema.tables "
        "where table_catalog = current_database()"
    ).fetchall()
    for table, kind in found:
        is_history = table in library.models and library.models[table].kind == "history"
        if table.split(".")[0] in LAYERS and table not in plan.nodes and not is_history:
            con.execute(f"drop {'view' if kind == 'VIEW' else 'table'} {table}")

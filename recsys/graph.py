"""The dependency graph, read out of the rendered SQL by the database's own parser."""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import Any

import duckdb

from recsys.errors import RecsysError, near


@lru_cache(maxsize=1)
def _parser() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def parse(sql: str, where: object) -> dict[str, Any]:
    """Return the database's syntax tree of one select.

    Raises:
        RecsysError: it does not parse; the message names ``where`` and the line.
    """
    text = _parser().execute("select json_serialize_sql(?::varchar)", [sql]).fetchall()[0][0]
    tree = json.loads(text)
    if tree["error"]:
        position = int(tree.get("position") or 0)
        line = sql[:position].count("\n") + 1
        raise RecsysError(f"{where}: line {line} of the rendered SQL: {tree['error_message']}")
    if len(tree["statements"]) != 1:
        raise RecsysError(f"{where}: holds {len(tree['statements'])} statements, not one select")
    return tree["statements"][0]["node"]


@lru_cache(maxsize=1024)
def tables_read(sql: str, where: object) -> tuple[frozenset[str], frozenset[str]]:
    """Return ({schema.table read}, {bare names that are no CTE in scope}); what is planned again was mostly read before."""
    qualified: set[str] = set()
    bare: set[str] = set()

    def walk(node: Any, scope: frozenset[str]) -> None:
        if isinstance(node, list):
            for item in node:
                walk(item, scope)
        if not isinstance(node, dict):
            return
        for cte in (node.get("cte_map") or {}).get("map", []):
            walk(cte["value"], scope | {cte["key"].lower()})
            scope = scope | {cte["key"].lower()}
        if "cte_name" in node:
            scope = scope | {node["cte_name"].lower()}
        if node.get("type") == "BASE_TABLE":
            schema, name = node["schema_name"], node["table_name"]
            if node["catalog_name"] == "temp":
                pass  # what the engine itself keeps for the length of a run
            elif schema:
                qualified.add(f"{schema}.{name}")
            elif name.lower() not in scope:
                bare.add(name)
        for key, value in node.items():
            if key != "cte_map":
                walk(value, scope)

    walk(parse(sql, where), frozenset())
    return frozenset(qualified), frozenset(bare)


def ordered(reads: Mapping[str, Iterable[str]], externals: Iterable[str] = ()) -> list[str]:
    """Return the tables in an order in which each comes after what it reads; ties by name.

    Args:
        reads: {table: the tables it reads}.
        externals: tables that are there already and make no edge.

    Raises:
        RecsysError: an unknown table (with the near match) or a cycle (as a path).
    """
    present = set(externals)
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for table in sorted(reads):
        inputs = sorted(set(reads[table]) - present)
        for name in inputs:
            if name not in reads:
                raise RecsysError(f"{table} reads {name}, which nothing makes.{near(name, reads)}")
        sorter.add(table, *inputs)
    try:
        sorter.prepare()
    except CycleError as error:
        raise RecsysError("These models read each other in a circle: " + " -> ".join(reversed(error.args[1]))) from None
    result: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        result += ready
        sorter.done(*ready)
    return result


def upstream(reads: Mapping[str, Iterable[str]], targets: Iterable[str]) -> set[str]:
    """Return ``targets`` and everything they are made from."""
    found: set[str] = set()
    waiting = list(targets)
    while waiting:
        table = waiting.pop()
        if table not in found and table in reads:
            found.add(table)
            waiting += reads[table]
    return found

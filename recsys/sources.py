"""Turns a source of the project file into what the templates of sql/raw put into SQL."""

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb

from recsys import strategies
from recsys.blocks import canonical
from recsys.config import Config
from recsys.inputs import Input, absent
from recsys.mapping import Mapper
from recsys.params import Params
from recsys.render import Column, Expression, Identifier

#: what raw.held_out reads where nobody names rows: no rows
NONE_HELD_OUT = Expression("(select null as source, null as source_row where false)")

__all__ = ["Input", "attribute_names", "no_inputs", "prepare", "run_context"]


def prepare(
    con: duckdb.DuckDBPyConnection, config: Config | None, params: Params, temp: Path = Path()
) -> dict[str, list[Input]]:
    """Return {kind: its sources}; a kind without source has one without rows, so that its table exists.

    Raises:
        RecsysError: a source that cannot be read or a mapping that does not fit it.
    """
    attributes = attribute_names(config)
    result: dict[str, list[Input]] = {}
    for kind in canonical():
        extra = attributes if kind == "users" else []
        found = [
            Mapper(con, source, config, params, temp).input(extra) for source in (config.of(kind) if config else [])
        ]
        result[kind] = found or [_nothing(kind, extra)]
    return result


def no_inputs(config: Config) -> dict[str, list[Input]]:
    """Return inputs without rows that have the project's attributes: nothing is read, every model can be rendered."""
    return {kind: [_nothing(kind, attribute_names(config) if kind == "users" else [])] for kind in canonical()}


def run_context(inputs: dict[str, list[Input]], config: Config | None, run_id: int, run_at: dt.datetime) -> dict[str, Any]:
    """Return what every template may use beside its parameters."""
    private = {name for source in (config.of("users") if config else []) for name in source.private}
    described = {str(column.name): column.comment for source in inputs["users"] for column in source.columns}
    return {
        "inputs": SimpleNamespace(**inputs),
        "kinds": [{"name": kind, "table": Identifier(f"raw.{kind}")} for kind in canonical()],
        "sources": config.sources if config else [],
        "all_inputs": [source for kind in inputs.values() for source in kind],
        "attributes": [
            {
                "column": Column(name),
                "name": name,
                "place": place,
                "comment": described[name],
                "published": [] if name in private or name.startswith("contact_") else [Column(name)],
            }
            for place, name in enumerate(attribute_names(config), 1)
        ],
        "contacts": [
            {"name": name.removeprefix("contact_"), "column": Column(name)}
            for name in attribute_names(config) if name.startswith("contact_")
        ],
        "strategies": strategies.told(config),
        "traits": strategies.traits(),
        "held_out": NONE_HELD_OUT,
        "definitions": {"": ""},
        "run_id": run_id,
        "run_at": run_at,
    }


def attribute_names(config: Config | None) -> list[str]:
    """Return the users' attributes over all sources, contact data under contact_<key>, in order of appearance."""
    if config is None:
        return []
    names = [name for source in config.of("users") for name in source.attributes]
    names += [f"contact_{name}" for source in config.of("users") for name in source.contact]
    return list(dict.fromkeys(names))


def _nothing(kind: str, extra: list[str]) -> Input:
    columns = [absent(name, about) for name, about in canonical()[kind].items()]
    columns += [absent(name, {"type": "text", "comment": name}) for name in extra]
    no_text = Expression("cast(null as varchar)")
    return Input(kind, kind, kind, Expression("(select 1 as one where false)"), no_text, [], [], Expression("true"),
                 no_text, Expression("cast(null as double)"), columns)

"""What one run builds: each model rendered with its values, in an order in which inputs come first."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import Any

from recsys.errors import RecsysError, near
from recsys.graph import ordered, tables_read, upstream
from recsys.library import Library
from recsys.members import as_member, chosen_members, is_chosen
from recsys.model import Model
from recsys.params import Params
from recsys.render import render

#: kinds that may read their own result so far
READS_ITSELF = ("tiled", "iterated", "history")


class _AnyTile(dict):
    """Stands for a tile while the graph is read, when none has been cut yet: nulls, which are of every type."""

    def __missing__(self, key: str) -> None:
        return None


@dataclass(frozen=True)
class Node:
    """One model of one run."""

    model: Model
    sql: str
    reads: frozenset[str]
    context: Mapping[str, Any]

    @property
    def table(self) -> str:
        return self.model.table

    @property
    def reads_itself(self) -> bool:
        return self.table in self.reads

    def tile_sql(self, tile: Mapping[str, Any]) -> str:
        return render(self.model.template, {**self.context, "tile": tile}, self.model.path)


@dataclass(frozen=True)
class Plan:
    """The nodes of a run in build order."""

    nodes: dict[str, Node]

    @property
    def inputs(self) -> dict[str, set[str]]:
        """{table: what it is made from}, without the edge of a table to itself."""
        return _edges(self.nodes)


def _edges(nodes: Mapping[str, Node]) -> dict[str, set[str]]:
    """What each is made from, and what says that it comes before: what has to be known before a long model begins."""
    edges = {name: _inputs(node) for name, node in nodes.items()}
    for name, node in nodes.items():
        if (later := node.model.one("before")) in edges:
            edges[later].add(name)
    return edges


def _inputs(node: Node) -> set[str]:
    tiles = {node.model.one("tiles")} if node.model.kind == "tiled" else set()
    return (set(node.reads) | tiles) - {node.table}


def narrowed(plan: Plan, patterns: Sequence[str]) -> Plan:
    """Return the part of a plan that the models fitting ``patterns`` need."""
    needed = upstream(plan.inputs, selected(plan.nodes, patterns))
    return Plan({name: node for name, node in plan.nodes.items() if name in needed})


def for_refresh(plan: Plan) -> Plan:
    """Leave out what judges the results, and what only that reads: `recsys evaluate` builds it over a part of the data."""
    judging = {name: inputs for name, inputs in plan.inputs.items() if name.startswith("evaluation.")}
    others = {name: inputs for name, inputs in plan.inputs.items() if name not in judging}
    left_out = judging.keys() | _needed_by_none_but(judging, others)
    return Plan({name: node for name, node in plan.nodes.items() if name not in left_out})


def selected(names: Iterable[str], patterns: Sequence[str]) -> list[str]:
    """Return the names that a pattern fits: a folder, a bare name, `schema.table`, or with `*`; all without pattern.

    Raises:
        RecsysError: a pattern that fits nothing, with the near match.
    """
    names = list(names)
    found: set[str] = set()
    for pattern in patterns:
        fits = {name for name in names if fnmatch(name, pattern) or pattern in (name.split(".")[0], name.split(".")[-1])}
        if not fits:
            raise RecsysError(f"--select {pattern} fits nothing.{near(pattern, names)}")
        found |= fits
    return [name for name in names if name in found or not patterns]


def make_plan(library: Library, params: Params, run: Mapping[str, Any], *, everything: bool = False) -> Plan:
    """Render and order the models.

    Args:
        run: what the runner passes to every template: sources, attributes, run_id, run_at.
        everything: build members without weight too, as tests and evaluation do.

    Raises:
        RecsysError: a template, a statement or a reference that is wrong; the message names the file.
    """
    nodes: dict[str, Node] = {}
    without_weight: dict[str, set[str]] = {}
    for model in library.models.values():
        if library.is_formula(model):
            continue
        if everything or is_chosen(library, model, params):
            nodes[model.table] = make_node(library, model, params, run, everything=everything)
            continue
        with suppress(RecsysError):  # what is not built may be wrong
            without_weight[model.table] = _inputs(make_node(library, model, params, run))
    edges = _edges(nodes)
    for name in _needed_by_none_but(without_weight, edges):
        del nodes[name], edges[name]
    for name, inputs in edges.items():
        left_out = {table for table in inputs & set(library.models) if table not in nodes}
        if left_out:
            raise RecsysError(
                f"{nodes[name].model.path}: reads {', '.join(sorted(left_out))}, which has weight 0 and is not built"
            )
    return Plan({name: nodes[name] for name in ordered(edges)})


def _needed_by_none_but(without_weight: Mapping[str, set[str]], edges: Mapping[str, set[str]]) -> set[str]:
    """What only members without weight read, themselves or through each other, is not built either."""
    reads, found = {**edges, **without_weight}, set()
    while True:
        idle = without_weight.keys() | found
        more = {
            name for name in edges.keys() - found
            if (readers := {reader for reader, inputs in reads.items() if name in inputs}) and readers <= idle
        }
        if not more:
            return found
        found |= more


def make_node(
    library: Library, model: Model, params: Params, run: Mapping[str, Any], *, everything: bool = False,
    only: Sequence[Model] | None = None,
) -> Node:
    """Render one model; ``only`` narrows a family to these members."""
    context: dict[str, Any] = {**params.seen_by(model.members_of), **params.seen_by(model.schema), **run}
    if model.is_family:
        chosen = list(only) if only is not None else chosen_members(library, model, params, everything=everything)
        context["members"] = [as_member(library, member, params, context) for member in chosen]
    tile = {"tile": _AnyTile()} if model.kind == "tiled" else {}
    sql = render(model.template, {**context, **tile}, model.path)
    reads, bare = tables_read(sql, model.path)
    if model.schema == "raw":  # its other inputs are the project's: files, frames, tables of attached databases
        reads, bare = reads & set(library.models), set()
    if bare:
        known = {table.split(".")[1]: table for table in library.models}
        name = sorted(bare)[0]
        hint = f" Write {known[name]}." if name in known else near(name, known.values())
        raise RecsysError(f"{model.path}: '{name}' is neither a `with` above nor `schema.table`.{hint}")
    unknown = {table for table in reads.union(model.keys.get("before", [])) if table not in library.models}
    for table in sorted(unknown):
        raise RecsysError(f"{model.path}: there is no {table}.{near(table, library.models)}")
    if model.table in reads and model.kind not in READS_ITSELF:
        raise RecsysError(f"{model.path}: reads itself; only kinds {', '.join(READS_ITSELF)} may")
    return Node(model, sql, frozenset(reads), context)

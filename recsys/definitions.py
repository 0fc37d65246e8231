"""Fingerprints of how segments are defined, by which history tells a changed rule from changed people."""

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace

from recsys.graph import upstream
from recsys.library import Library
from recsys.plan import Node, Plan
from recsys.render import render

TABLE = "segment.definitions"
#: what differs from refresh to refresh, and from one day looked back from to another, though nothing was changed
_ANY_RUN = {"run_id": 0, "run_at": dt.datetime(2000, 1, 1), "as_of_on": "", "definitions": {"": ""}}


def with_definitions(plan: Plan, library: Library) -> Plan:
    """Tell the model of definitions what they are: {segmentation, or rule by its label: fingerprint}.

    A fingerprint is that of the SQL, with its values, of all that leads from the cleaned rows to the segment. How sources
    are read does not count, for that are new data, nor what is kept from earlier refreshes.
    """
    if TABLE not in plan.nodes:
        return plan
    seats = _seats(plan, library)
    leading = [plan.nodes[name] for name in upstream(plan.inputs, seats.values())]
    lasting = {node.table: _lasting(node) for node in leading if node.model.schema != "raw" and node.model.kind != "history"}
    found = {seat: _fingerprint(plan, table, lasting) for seat, table in seats.items()}
    node = plan.nodes[TABLE]
    context = {**node.context, "definitions": found or _ANY_RUN["definitions"]}
    return Plan({**plan.nodes, TABLE: replace(node, sql=render(node.model.template, context, node.model.path), context=context)})


def _seats(plan: Plan, library: Library) -> dict[str, str]:
    """Return {rule by its label, or model of the folder that gives everybody one segment: its table}."""
    rules = {member.one("label"): member.table for member in library.members(library.families["segment"])}
    tables = {name.split(".")[1]: name for name in plan.nodes if name.startswith("segment.")}
    return {seat: table for seat, table in {**tables, **rules}.items() if table in plan.nodes}


def _fingerprint(plan: Plan, table: str, lasting: Mapping[str, str]) -> str:
    text = "\n".join(lasting[name] for name in sorted(upstream(plan.inputs, [table])) if name in lasting)
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _lasting(node: Node) -> str:
    return re.sub(r"--.*", "", render(node.model.template, {**node.context, **_ANY_RUN}, node.model.path))

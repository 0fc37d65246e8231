"""Examines a project: what its inputs make possible, what is missing, and how much work it will be."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb

from recsys.build import Builder
from recsys.checks import checked, columns_of
from recsys.config import Config
from recsys.doctor.features import features
from recsys.doctor.finding import Facts, Finding
from recsys.doctor.inputs import inputs_found, unreadable
from recsys.doctor.installation import installation
from recsys.doctor.work import work_found
from recsys.effort import KERNEL, NEEDED
from recsys.engine import scratch
from recsys.errors import RecsysError
from recsys.graph import upstream
from recsys.library import Library
from recsys.params import Params
from recsys.plan import make_plan
from recsys.refresh import utc_now
from recsys.sources import prepare, run_context
from recsys.words import counted

__all__ = ["Finding", "doctor"]

#: what is asked; everything these are made from is built, from the sources on
ASKED = (
    "staging.reconciliation", "staging.data_quality", "staging.currencies_used", "staging.described",
    "profile.event_evidence", "profile.order_evidence", "profile.user_activity", *NEEDED,
    "value.requirements", "segment.basis", "campaign.reach",
)


def doctor(config: Config, library: Library, params: Params) -> list[Finding]:
    """Return what is found, the installation first, then inputs, features and work.

    Everything up to the self-join is built in a scratch database from the present inputs; nothing is kept
    or published. What would stop a refresh is a finding here.
    """
    found = list(installation(config))
    try:
        with scratch(library, config, "scratch.duckdb") as (con, temp):
            found += _examine(con, temp, config, library, params)
    except RecsysError as error:
        found.append(Finding("models", "no", "a refresh would stop", str(error)))
    return found


def _examine(
    con: duckdb.DuckDBPyConnection, temp: Path, config: Config, library: Library, params: Params
) -> Iterator[Finding]:
    if errors := _unusable_sources(con, temp, config, params):
        yield from unreadable(config, errors)
        return
    inputs = prepare(con, config, params, temp)
    context = run_context(inputs, config, 0, utc_now())
    plan = make_plan(library, params, context)
    needed = upstream(plan.inputs, [*ASKED, KERNEL]) - {KERNEL}
    attributes = {str(attribute["column"]) for attribute in context["attributes"]}
    builder, broken = Builder(con, check=False), []
    for node in plan.nodes.values():
        if node.table in needed:
            builder.build(node)
            if node.model.kind != "view":
                broken += checked(con, node.model, columns_of(con, node.table), attributes)[1]
    for failure in broken:
        told = failure.is_warning or failure.table == "staging.reconciliation" or "exchange_rate" in failure.check
        if not told:
            yield Finding(f"check of {failure.table}", "no", f"`{failure.check}` does not hold for {counted(failure.row_count, 'row')}",
                          failure.advice or "a refresh would stop")
    facts = Facts(con, config, params)
    yield from inputs_found(facts, inputs)
    yield from features(facts)
    yield from work_found(con, plan, builder, params)


def _unusable_sources(con: duckdb.DuckDBPyConnection, temp: Path, config: Config, params: Params) -> dict[str, str]:
    """Return {source: what is wrong}, of all sources and not only of the first."""
    errors = {}
    for source in config.sources:
        try:
            prepare(con, replace(config, sources=[source]), params, temp)
        except RecsysError as error:
            errors[f"{source.kind} {source.name}"] = str(error)
    return errors

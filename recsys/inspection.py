"""Looking inside: models, their SQL and rows, the last runs, the worked examples."""

import time
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from recsys import differences
from recsys.csvfiles import keep_unreadable
from recsys.engine import scratch
from recsys.errors import RecsysError, near
from recsys.kinds import tiles_of
from recsys.library import load_library
from recsys.model import Model
from recsys.plan import for_refresh, make_node, make_plan, selected
from recsys.project import Project
from recsys.refresh import utc_now
from recsys.render import render
from recsys.sources import prepare, run_context
from recsys.specrun import SpecRunner
from recsys.sqltext import with_final, with_parts
from recsys.workspace import Paths, open_workspace


def list_models(project: Project) -> pd.DataFrame:
    """Return table_name, kind, grain and description of every model, packaged and the project's own."""
    return pd.DataFrame(
        [
            {
                "table_name": model.table,
                "kind": "formula" if project.library.is_formula(model) else model.kind,
                "grain": ", ".join(model.grain),
                "description": model.summary,
            }
            for model in project.library.models.values()
        ]
    ).sort_values("table_name", ignore_index=True)


def rendered(project: Project, name: str) -> str:
    """Return exactly the SQL that a model runs with the project's sources and parameters; of a tiled one, the first tile's."""
    model = project.library[name]
    run = _run_context(project)
    if project.library.is_formula(model):
        return render(model.template, {**project.params.seen_by(model.schema), **run}, model.path)
    node = make_node(project.library, model, project.params, run)
    sql, said = node.sql, ""
    if model.kind == "tiled":
        said = f"-- once for each row of {model.one('tiles')}, which is empty or not built yet: its values are null here\n"
        with suppress(RecsysError, duckdb.CatalogException), open_workspace(_paths(project), read_only=True) as con:
            if tiles := tiles_of(con, node):
                said = f"-- once for each row of {model.one('tiles')}: the first of {len(tiles)}, to which the others are added\n"
                sql = node.tile_sql(tiles[0])
    return f"{said}create {'view' if model.kind == 'view' else 'table'} {model.table} as\n{sql}"


def _paths(project: Project) -> Paths:
    return Paths(project.folder, project.config.database)


def _run_context(project: Project) -> dict[str, Any]:
    with scratch(project.library, project.config) as (con, _):
        return run_context(prepare(con, project.config, project.params, _paths(project).temp), project.config, 1, utc_now())


def _statement(con: duckdb.DuckDBPyConnection, project: Project, model: Model) -> str:
    node = make_node(project.library, model, project.params, _run_context(project))
    tiles = tiles_of(con, node)[:1] if model.kind == "tiled" else []
    return node.tile_sql(tiles[0]) if tiles else node.sql


def rows(project: Project, name: str, cte: str | None, where: str | None, limit: int) -> pd.DataFrame:
    """Return the first rows of a published table, else of a model in the workspace.

    Raises:
        RecsysError: there is no such model, it has not been built, or the workspace is held.
    """
    tail = (f" where {where}" if where else "") + f" limit {int(limit)}"
    if cte is None and "." not in name and name in set(project.tables()["table_name"] if _is_published(project) else []):
        return project.query(f"from {name}{tail}")
    if not _is_published(project) and f"mart.{name}" in project.library.models:
        raise RecsysError(f"Nothing is published yet, {name} neither: run `recsys refresh`. What is built only: recsys show mart.{name}")
    model = project.library[name]
    if project.library.is_formula(model):
        family = project.library.families[model.schema].table
        raise RecsysError(f"{model.table} is a formula and has no rows: {family} takes it up. Look: recsys sql {model.table}; recsys show {family}")
    if model.schema == "evaluation":
        raise RecsysError(_why_missing(project, model))
    with open_workspace(_paths(project), read_only=True) as con:
        keep_unreadable(con)
        source = model.table
        if cte:
            sql = _statement(con, project, model)
            if cte.lower() not in (parts := with_parts(sql)):
                raise RecsysError(f"There is no CTE '{cte}' in {model.table}.{near(cte, parts)}")
            source = f"({with_final(sql, f'select * from {cte}')})"
        try:
            return con.sql(f"from {source}{tail}").df()
        except duckdb.CatalogException:
            raise RecsysError(_why_missing(project, model)) from None
        except duckdb.Error as error:
            raise RecsysError(f"{model.table}: {str(error).splitlines()[0]}") from None


def _why_missing(project: Project, model: Model) -> str:
    """Return why a model has no rows to show, and what there is to do."""
    plan = make_plan(project.library, project.params, _run_context(project))
    if model.table in for_refresh(plan).nodes:
        return f"{model.table}, or what it is made from, is not built yet: recsys refresh, or recsys refresh -s {model.table}"
    if model.table in plan.nodes or model.schema == "evaluation":
        return (f"{model.table} is built over a part of the data by `recsys evaluate` or `recsys tune` and thrown away. What comes of an "
                "evaluation is kept: recsys evaluate, then recsys show model_scorecard")
    if model.is_member:
        return f"{model.table} has no weight and is not built; with one it is: recsys refresh --set {model.schema}.weight_{model.name}=1"
    return f"{model.table} is not built, for nothing that reads it has a weight (recsys sql {model.table} says what it would be)"


def _is_published(project: Project) -> bool:
    return project.config.database.exists()


def status_parts(project: Project, timings: bool) -> list[tuple[str, pd.DataFrame]]:
    """Return (title, table) of what `recsys status` shows."""
    parts = [
        ("Refreshes", project.query(
            "select run_id, started_at, epoch(finished_at - started_at) as build_seconds, recsys_version, "
            "duckdb_version from meta.runs order by run_id desc limit 10")),
        *differences.parts(project),
        ("Rows", project.query(
            "select input, source, read_count as read, used_count as used, unidentified_count as unidentified, "
            "superseded_count as superseded, rejected_count as rejected, later_count as later, data_through_on as through "
            "from reconciliation order by input, source")),
        ("Money", _cents(project.query(
            "select source, read_amount as read, used_amount as used, unidentified_amount as unidentified, "
            "superseded_amount as superseded, rejected_amount as rejected, later_amount as later, "
            "order_discount_amount as discounts, net_amount as net from reconciliation where input = 'interactions' order by source"))),
        ("What is odd", project.query("select finding, source, row_count, meaning from data_quality order by all")),
        ("Warnings", project.query("select table_name, warnings from meta.models where warnings is not null order by position")),
        ("Parameters that differ from the default", project.query(
            "select name, value, default_value from meta.params where value <> default_value and name <> 'project.id_type' order by name")),
    ]
    if timings:
        parts += _timings(project)
    return [(title, frame) for title, frame in parts if not frame.empty]


def _timings(project: Project) -> list[tuple[str, pd.DataFrame]]:
    """Where the time of the last refresh went: by layer, beside what no model took, and by model."""
    return [
        ("Seconds per layer", project.query(
            "with parts as (select split_part(table_name, '.', 1) as layer, count(*) as model_count, sum(row_count)::bigint as row_count, "
            "sum(build_seconds) as seconds from meta.models group by layer "
            "union all select '(beside models)', null, null, greatest(epoch(finished_at - started_at) - (select sum(build_seconds) "
            "from meta.models), 0) from meta.runs where run_id = (select max(run_id) from meta.runs)) "
            "select layer, model_count, row_count, round(seconds, 2) as seconds, round(seconds / nullif(sum(seconds) over (), 0), 3) "
            "as seconds_share from parts order by parts.seconds desc, layer")),
        ("Seconds per model", project.query(
            "select table_name, kind, build_seconds as seconds, round(build_seconds / nullif(sum(build_seconds) over (), 0), 3) as seconds_share, "
            "* exclude (table_name, kind, build_seconds, position, description, grain, warnings, fingerprint) from meta.models "
            "order by build_seconds desc, position")),
    ]


def _cents(frame: pd.DataFrame) -> pd.DataFrame:
    """Amounts whose columns' names do not say that they are any: as decimals, which are written to the cent."""
    amounts = {name: frame[name].map(lambda value: Decimal(f"{value:.2f}")) for name in frame.columns if name != "source"}
    return frame.assign(**amounts)


def run_examples(folder: Path, patterns: list[str], say: Callable[[str], None]) -> int:
    """Run the worked examples and return how many failed; a project's own models are tested with the packaged.

    Raises:
        RecsysError: a pattern that fits no model, or only models without examples.
    """
    library = load_library(folder / "sql")
    began = time.monotonic()
    runner = SpecRunner(library)
    examples = list(runner.examples())
    tested = {runner.model_of(example).table for example in examples}
    for pattern in patterns:
        fits = selected(library.models, [pattern])
        if not tested.intersection(fits):
            path = library[fits[0]].path
            raise RecsysError(f"{fits[0]} has no examples yet: write {path.with_name(path.stem + '.spec.md')}")
    wanted = set(selected(tested, patterns))
    failed = count = 0
    for example in examples:
        if runner.model_of(example).table in wanted:
            count += 1
            if difference := runner.check(example):
                failed += 1
                say(difference)
    say(f"{count - failed} of {count} examples hold ({time.monotonic() - began:.1f} s)")
    return failed

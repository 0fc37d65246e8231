"""`recsys segment --as-of`: who was in which segment on an earlier day, and that day put into the history of segments.

The scratch run tells the day from what was known by then. It changes what the next known day has to say, too: that day's
changes are told once more, from the day that was put in before it.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pandas as pd

from recsys.build import Builder
from recsys.engine import start_engine
from recsys.errors import RecsysError
from recsys.evaluation import published_run
from recsys.files import check_target
from recsys.plan import make_plan
from recsys.progress import Silent
from recsys.project import Project
from recsys.refresh import utc_now
from recsys.render import literal
from recsys.republish import republish
from recsys.scratch import scratch_run
from recsys.segments import MART
from recsys.sources import no_inputs, run_context
from recsys.sqltext import final_columns
from recsys.workspace import Paths, lock, open_workspace

#: what is kept of each day; changes are made from the others
HISTORIES = ("segment.rfm_cut_offs", "segment.sources_seen", "segment.definitions", "segment.changes")
#: what is published of them
TOLD = ("segment_history", "segment_transitions", "segments")


def day_of(text: str) -> dt.date:
    """Return the day that somebody typed.

    Raises:
        RecsysError: it is none.
    """
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise RecsysError(f"--as-of is a date such as 2024-06-30, not '{text}'") from None


def segments_on(project: Project, day: dt.date, progress: Silent | None = None) -> tuple[pd.DataFrame, bool]:
    """Return the segments as they were on a day, and whether that day was new to history, to which it is then added.

    Raises:
        RecsysError: no refresh yet, or a day before the first order or after the last refresh's.
    """
    progress = progress or Silent()
    paths = Paths(project.folder, project.config.database)
    if not project.config.database.exists():
        raise RecsysError("Nothing is published yet: run `recsys refresh` first")
    check_target(paths)
    with lock(paths, "segment --as-of"), TemporaryDirectory(prefix="recsys-") as folder, progress:
        run_id, _ = published_run(paths)
        first, runs = _known(paths)
        if not first:
            raise RecsysError("--as-of: there is no order with a date, so nothing to look back on")
        if not first <= day <= max(runs):
            raise RecsysError(f"--as-of {day}: that is not within the days known, which are {first} to {max(runs)}")
        told = Path(folder) / "told"
        shown = _tell(project, day, run_id + 1, told, progress)
        if day not in runs:
            following = min(known for known in runs if known > day)
            retold = Path(folder) / "retold"
            _tell_again(project, following, day, run_id + 2, told, retold, progress)
            _keep(project, paths, day, run_id, told, following, runs[following], retold)
    return shown, day not in runs


def _known(paths: Paths) -> tuple[dt.date | None, dict[dt.date, int]]:
    """Return the day of the first order, and {day that history knows: the last refresh that tells of it}."""
    with open_workspace(paths, read_only=True) as con:
        try:
            runs = con.sql("select known_on, max(run_id) from segment.definitions group by known_on").fetchall()
        except duckdb.CatalogException:
            raise RecsysError("The last refresh was made by another version of recsys: run `recsys refresh` first") from None
        return con.sql("select min(ordered_on) from staging.orders").fetchall()[0][0], dict(runs)


@contextmanager
def _as_of(project: Project, day: dt.date, run_id: int, targets: list[str], progress: Silent, **rows) -> Iterator[duckdb.DuckDBPyConnection]:
    then = copy(project)
    then.params = project.params.override({"project.as_of_on": str(day)}, "--as-of")
    with scratch_run(then, f"coalesce(occurred_on <= date '{day}', true)", targets, run_id=run_id, progress=progress, **rows) as con:
        yield con


def _tell(project: Project, day: dt.date, run_id: int, folder: Path, progress: Silent) -> pd.DataFrame:
    """Write what history is to know of the day, and return the segments of that day."""
    begun = {table: f"from known.{table} where known_on < date '{day}'" for table in HISTORIES}
    if project.params["segment.rfm_is_frozen"]:
        begun["segment.rfm_cut_offs"] = "from known.segment.rfm_cut_offs"
    with _as_of(project, day, run_id, [*HISTORIES, "mart.segments"], progress, begun=begun) as con:
        _write(con, HISTORIES, run_id, folder)
        return con.sql("select segmentation, segment, user_count, user_share, net_amount, net_amount_ratio from mart.segments "
                       f"order by {project.library[MART].order}").df()


def _tell_again(
    project: Project, day: dt.date, before: dt.date, run_id: int, told: Path, folder: Path, progress: Silent
) -> None:
    """Write the changes of a day that is known, from the day put in before it: who was where then stays as it is known."""
    given = {
        table: f"from known.{table} where known_on < date '{day}' union all by name from {_file(told, table)} union all by name "
        f"(select * replace ({run_id} as run_id) from known.{table} where known_on = date '{day}' "
        "qualify run_id = max(run_id) over ())"
        for table in HISTORIES if table != "segment.changes"
    }
    given["segment.memberships"] = (
        "select user_id, segmentation, segment, cast(null as varchar) as evidence from known.mart.segment_history "
        f"where valid_from <= date '{day}' and coalesce(valid_to > date '{day}', true)")
    given["segment.definitions"] = f"select * replace (known_on < date '{day}' and is_first_day as is_first_day) from ({given['segment.definitions']})"
    begun = {"segment.changes": f"from known.segment.changes where known_on < date '{day}' union all by name from {_file(told, 'segment.changes')}"}
    with _as_of(project, day, run_id, ["segment.changes"], progress, given=given, begun=begun) as con:
        _write(con, ["segment.changes"], run_id, folder)


def _write(con: duckdb.DuckDBPyConnection, tables: Sequence[str], run_id: int, folder: Path) -> None:
    folder.mkdir()
    for table in tables:
        con.execute(f"copy (from {table} where run_id = {run_id}) to {_file(folder, table)} (format parquet)")


def _file(folder: Path, table: str) -> str:
    return literal(str(folder / f"{table}.parquet"))


def _keep(
    project: Project, paths: Paths, day: dt.date, run_id: int, told: Path, following: dt.date, following_run: int, retold: Path
) -> None:
    """Put the day into the histories, the next one's changes in place of those that it had, and publish what they tell."""
    plan = make_plan(project.library, project.params, run_context(no_inputs(project.config), project.config, run_id, utc_now()))
    with open_workspace(paths) as con:
        start_engine(con, project.library, project.config)
        con.execute("begin")
        for table in HISTORIES:
            con.execute(f"insert into {table} by name select * replace ({run_id} as run_id) from {_file(told, table)}")
        con.execute(f"update segment.definitions set is_first_day = false where known_on = date '{following}'")
        con.execute(f"delete from segment.changes where known_on = date '{following}'")
        con.execute(f"insert into segment.changes by name select * replace ({following_run} as run_id) from {_file(retold, 'segment.changes')}")
        builder = Builder(con)
        for node in plan.nodes.values():
            builder.learn(node, final_columns(node.sql))
        for table in ("segment.sizes_before", *(f"mart.{name}" for name in TOLD)):
            builder.build(plan.nodes[table])
        con.execute("commit")
        republish(con, paths, {name: project.library[f"mart.{name}"].order for name in TOLD})

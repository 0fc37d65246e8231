"""What a killed run leaves behind in the workspace is undone, or marked as published where it came that far."""

from collections.abc import Iterable
from datetime import datetime

from recsys.errors import RecsysError
from recsys.files import Paths, attach_published


def recover(con, paths: Paths, history_tables: Iterable[str], *, republish: bool = False) -> str | None:
    """Bring the workspace in line with the published file, whose meta.runs is the commit record.

    Runs that are not in it never happened: they and their history rows are deleted (history is only ever
    appended to, so deleting undoes). Runs found there are marked, and taken over where a new workspace does
    not know them, so that no number is given twice. Returns what was done, for the log, or None.

    Args:
        history_tables: "schema.name" of tables with a run_id; those that do not exist are passed over.
        republish: let a missing published file pass; runs marked as published then are the record.

    Raises:
        RecsysError: the published file is missing, or is not this workspace's; nothing was touched.
    """
    ours = _runs(con, "workspace")
    marked = set(_runs(con, "workspace", "where is_published"))
    committed, unknown, name = marked, set(), paths.published.name
    if paths.published.exists():
        attach_published(con, paths.published)
        try:
            theirs = _runs(con, "published")
            committed, unknown = set(theirs), set(theirs) - set(ours)
            if any(ours[run] != theirs[run] for run in committed - unknown):
                raise RecsysError(f"{paths.published} was published from another workspace. Move it away, or "
                                  "give this project another path to publish to.")
            con.execute("insert into workspace.meta.runs by name select run_id, started_at, finished_at, "
                        "recsys_version, duckdb_version, true as is_published from published.meta.runs "
                        "where run_id not in (select run_id from workspace.meta.runs)")
        finally:
            con.execute("detach published")
    elif marked and not republish:
        last = max(marked)
        raise RecsysError(
            f"{paths.published} was published by run {last} and is not there. Put it back, or run "
            f"`recsys refresh --republish` to build it anew; history up to run {last} is kept.")
    rows = _keep_only(con, committed, history_tables)
    undone, found = set(ours) - committed, committed - unknown - marked
    notes = {
        f"took over {_named(unknown)} from {name}, new to this workspace": unknown,
        f"undid {_named(undone)}, not in {name}: {rows} history rows": rows,
        f"marked {_named(found)} as published, found in {name}": found,
    }
    return "; ".join(note for note, is_so in notes.items() if is_so) or None


def _runs(con, catalog: str, where: str = "") -> dict[int, datetime]:
    return dict(con.execute(f"select run_id, started_at from {catalog}.meta.runs {where}").fetchall())


def _keep_only(con, runs: set[int], history_tables: Iterable[str]) -> int:
    """Delete every other run and its history in one transaction; return how many history rows that were."""
    there = {table for (table,) in con.execute("select schema_name || '.' || table_name from duckdb_tables() "
                                               "where database_name = 'workspace'").fetchall()}
    others, rows = "where run_id not in (select unnest(?::bigint[]))", 0
    con.execute("begin")
    for table in sorted(there.intersection(history_tables)):
        rows += con.execute(f"delete from workspace.{table} {others}", [sorted(runs)]).fetchall()[0][0]
    con.execute(f"delete from workspace.meta.runs {others}", [sorted(runs)])
    con.execute("update workspace.meta.runs set is_published = true where is_published is distinct from true")
    con.execute("commit")
    return rows


def _named(runs: set[int]) -> str:
    return f"run{'s' * (len(runs) > 1)} {', '.join(map(str, sorted(runs)))}" if runs else "a run"

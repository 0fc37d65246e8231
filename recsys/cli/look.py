"""Commands that look at results: list, show, query, recommend, similar, segment, export, status."""

from pathlib import Path
from typing import Annotated

import typer

from recsys.cli.options import LOOK, Folder, Form, Limit, Select, app, open_project, say
from recsys.output import Format, emit, emit_parts
from recsys.progress import Shown


@app.command("list", rich_help_panel=LOOK)
def list_tables(
    project: Folder = Path(), select: Select = [], form: Form = Format.table,  # noqa: B006
    models: Annotated[bool, typer.Option("--models", help="All models, not only what is published.")] = False,
) -> None:
    """List the published tables, or all models."""
    from recsys.inspection import list_models
    from recsys.plan import selected

    found = open_project(project)
    frame = list_models(found) if models else found.tables()
    emit(frame[frame["table_name"].isin(selected(frame["table_name"], select))], form)


@app.command(rich_help_panel=LOOK)
def show(
    model: Annotated[str, typer.Argument(help="A published table, or any model as schema.table.")],
    cte: Annotated[str | None, typer.Option(help="The rows of this `with` part instead.")] = None,
    where: Annotated[str | None, typer.Option(help="Only rows for which this SQL is true.")] = None,
    project: Folder = Path(), limit: Limit = 20, form: Form = Format.table,
) -> None:
    """Show rows of a published table or of an intermediate model."""
    from recsys.inspection import rows

    found = rows(open_project(project), model, cte, where, limit + 1)
    emit(found.head(limit), form)
    if len(found) > limit:
        say(f"The first {limit:,} rows; -n for more, --where for others")


@app.command(rich_help_panel=LOOK)
def query(text: Annotated[str, typer.Argument(help="SQL over the published file.")], project: Folder = Path(), form: Form = Format.table) -> None:
    """Run SQL on the published file, macros included: "from similar_to('item', 5)"."""
    emit(open_project(project).query(text), form)


@app.command(rich_help_panel=LOOK)
def recommend(
    user: Annotated[str, typer.Argument(help="A user_id as published.")],
    why: Annotated[bool, typer.Option("--why", help="What each comes from: items, similar users, tastes.")] = False,
    limit: Limit = 10, project: Folder = Path(), form: Form = Format.table,
) -> None:
    """Show what to recommend to a user."""
    emit(open_project(project).recommend(user, limit, why), form)


@app.command(rich_help_panel=LOOK)
def similar(
    item: Annotated[str, typer.Argument(help="An item_id as published.")],
    limit: Limit = 10, project: Folder = Path(), form: Form = Format.table,
) -> None:
    """Show the items most like an item."""
    emit(open_project(project).similar(item, limit), form)


@app.command(rich_help_panel=LOOK)
def segment(
    name: Annotated[str | None, typer.Argument(help="A segment; without it, all segments are listed.")] = None,
    limit: Annotated[int | None, typer.Option("--limit", "-n", min=1, help="At most so many users; a table shows 20, json and csv all.")] = None,
    moved: Annotated[bool, typer.Option("--moved", help="Only who came into it since the last day that history knows, and why.")] = False,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="The segments of an earlier day, which history then knows too.")] = None,
    rebase: Annotated[bool, typer.Option("--rebase", help="Refresh, and draw the frozen cut-offs of RFM anew.")] = False,
    project: Folder = Path(), form: Form = Format.table,
) -> None:
    """Show who is in a segment and why, what it is worth and what to do (csv: only the users)."""
    from recsys.segments import basis, list_segments, rebased, segment_parts

    found = open_project(project)
    if as_of is not None:
        from recsys.backfill import day_of, segments_on

        frame, is_new = segments_on(found, day_of(as_of), Shown())
        emit(frame, form)
        say(f"segment_history and segment_transitions {'know this day now' if is_new else 'knew this day already'}")
        return
    if rebase:
        done = rebased(found).refresh(Shown())
        say(f"Published {found.config.database} (run {done.run_id}) with cut-offs drawn from today's customers; recsys show rfm_thresholds has them")
    if name is None:
        emit(list_segments(found), form)
    else:
        parts = segment_parts(found, name, limit, form, moved=moved)
        emit(parts[0][1], form) if form is Format.csv else emit_parts(parts, form)
    if said := basis(found):
        say(said)


@app.command(rich_help_panel=LOOK)
def export(
    table: Annotated[str, typer.Argument(help="A published table, or `all`.")],
    to: Annotated[Path, typer.Option(help="File by extension (.csv .parquet .json .jsonl .xlsx); for `all` a folder or folder/*.csv.")],
    project: Folder = Path(),
) -> None:
    """Write published tables to files."""
    from recsys.export import export as write

    for name, file, count in write(open_project(project), table, to):
        say(f"{name}: {count:,} rows to {file}")


@app.command(rich_help_panel=LOOK)
def status(
    project: Folder = Path(), form: Form = Format.table,
    timings: Annotated[bool, typer.Option("--timings", help="How long each model took.")] = False,
) -> None:
    """Show the last refreshes, what they read and what they warn about."""
    from recsys.inspection import status_parts

    emit_parts(status_parts(open_project(project), timings), form)

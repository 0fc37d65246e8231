"""The command line. Data go to stdout, everything else to stderr; exit codes 0, 1 (an error), 2 (wrong usage)."""

import sys
from pathlib import Path
from typing import Annotated

import duckdb
import pandas as pd
import typer
from rich.console import Console

from recsys import __version__
from recsys.errors import RecsysError
from recsys.output import Format, emit
from recsys.params import parse_set
from recsys.progress import Shown
from recsys.project import Project

app = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode="markdown", pretty_exceptions_enable=False,
    help="Personalised marketing computed inside the database. "
    "Start with **recsys demo**, or with **recsys init** on your own exports.",
)
LOOK, WORK, DEVELOP = "Look at results", "Make results", "Look inside"

Folder = Annotated[Path, typer.Option("--project", "-p", help="The project folder, which holds recsys.toml.")]
Sets = Annotated[list[str], typer.Option("--set", help="A parameter for this run only: similarity.neighbours=100. Repeatable.")]
Select = Annotated[list[str], typer.Option("--select", "-s", help="Only these models or tables: a folder, a name or a pattern. Repeatable.")]
Form = Annotated[Format, typer.Option("--format", "-f", help="How to print.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many rows.")]

log = Console(stderr=True, highlight=False)


def say(text: str) -> None:
    log.print(text, markup=False, soft_wrap=True)


def open_project(folder: Path, sets: list[str] | None = None) -> Project:
    return Project(folder, settings=dict(parse_set(text) for text in sets or []))


@app.callback(invoke_without_command=True)
def version(show: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False) -> None:
    if show:
        print(f"recsys {__version__} (DuckDB {duckdb.__version__}, Python {sys.version.split()[0]})")
        raise typer.Exit


@app.command(rich_help_panel=WORK)
def demo(folder: Annotated[Path, typer.Argument(help="Where to make the project.")] = Path("recsys-demo")) -> None:
    """Make a project with the bundled grocery receipts, refresh it and show what comes out."""
    from recsys.demo import run_demo

    run_demo(folder, say)


@app.command(rich_help_panel=WORK)
def init(
    folder: Annotated[Path, typer.Argument(help="The project folder to make.")],
    exports: Annotated[list[Path], typer.Argument(help="The exports: folders or files.")],
    force: Annotated[bool, typer.Option(help="Overwrite an existing recsys.toml.")] = False,
) -> None:
    """Look at your exports, guess what they hold and write a commented recsys.toml."""
    from recsys.init import init as guess

    found = guess(folder, exports, force=force)
    for line in found.said:
        say(f"  {line}")
    if found.unsure:
        say("Not sure, please look:")
        for line in found.unsure:
            say(f"  {line}")
    say(f"Written: {folder / 'recsys.toml'}. Next: recsys preview SOURCE -p {folder}; recsys refresh -p {folder}")


@app.command(rich_help_panel=WORK)
def preview(source: str, project: Folder = Path(), sets: Sets = [], form: Form = Format.table) -> None:  # noqa: B006
    """Show five rows of a source as they are and as they are understood, and its totals."""
    from recsys.preview import preview as look

    for title, frame in look(open_project(project, sets).config, source).parts:
        emit(frame, form, title)


@app.command(rich_help_panel=WORK)
def doctor(project: Folder = Path(), sets: Sets = [], form: Form = Format.table) -> None:  # noqa: B006
    """Say what your inputs make possible, what is missing and how much work it will be."""
    from recsys.doctor import doctor as examine

    found = open_project(project, sets)
    emit(pd.DataFrame(examine(found.config, found.library, found.params)), form)


@app.command(rich_help_panel=WORK)
def refresh(
    project: Folder = Path(),
    sets: Sets = [],  # noqa: B006
    select: Select = [],  # noqa: B006
    threads: Annotated[int | None, typer.Option(min=1, help="Threads; default: all cores.")] = None,
    memory_limit: Annotated[str | None, typer.Option(help="Memory for the database, such as 4GB.")] = None,
    republish: Annotated[bool, typer.Option(help="Go on although the published file is gone.")] = False,
) -> None:
    """Compute everything anew, check it and publish it. With --select only build; nothing is published then."""
    found = open_project(project, sets)
    done = found.refresh(Shown(), threads=threads, memory_limit=memory_limit, republish=republish, select=select)
    if select:
        say(f"Built {len(done.built)} models in {done.seconds:.1f} s; nothing published. Look: recsys show MODEL")
    else:
        say(f"Published {found.config.database} (run {done.run_id}, {len(done.built)} models, {done.seconds:.1f} s)")


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


@app.command(rich_help_panel=DEVELOP)
def sql(model: str, project: Folder = Path(), sets: Sets = []) -> None:  # noqa: B006
    """Print exactly the SQL that a model runs."""
    from recsys.inspection import rendered

    print(rendered(open_project(project, sets), model), end="")


@app.command(rich_help_panel=LOOK)
def show(
    model: Annotated[str, typer.Argument(help="A published table, or any model as schema.table.")],
    cte: Annotated[str | None, typer.Option(help="The rows of this `with` part instead.")] = None,
    where: Annotated[str | None, typer.Option(help="Only rows for which this SQL is true.")] = None,
    project: Folder = Path(), limit: Limit = 20, form: Form = Format.table,
) -> None:
    """Show rows of a published table or of an intermediate model."""
    from recsys.inspection import rows

    emit(rows(open_project(project), model, cte, where, limit), form)


@app.command(rich_help_panel=LOOK)
def query(text: Annotated[str, typer.Argument(help="SQL over the published file.")], project: Folder = Path(), form: Form = Format.table) -> None:
    """Run SQL on the published file, macros included: "from similar_to('item', 5)"."""
    emit(open_project(project).query(text), form)


@app.command(rich_help_panel=LOOK)
def recommend(
    user: str, why: Annotated[bool, typer.Option("--why", help="The user's own items behind each.")] = False,
    limit: Limit = 10, project: Folder = Path(), form: Form = Format.table,
) -> None:
    """Show what to recommend to a user."""
    emit(open_project(project).recommend(user, limit, why), form)


@app.command(rich_help_panel=LOOK)
def similar(item: str, limit: Limit = 10, project: Folder = Path(), form: Form = Format.table) -> None:
    """Show the items most like an item."""
    emit(open_project(project).similar(item, limit), form)


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

    for title, frame in status_parts(open_project(project), timings):
        emit(frame, form, title)


@app.command(rich_help_panel=DEVELOP)
def test(project: Folder = Path(), select: Select = []) -> None:  # noqa: B006
    """Run the worked examples of all models, the project's own included."""
    from recsys.inspection import run_examples

    failed = run_examples(project, select, say)
    raise typer.Exit(1 if failed else 0)


@app.command(rich_help_panel=DEVELOP)
def docs(project: Folder = Path(), to: Annotated[Path | None, typer.Option(help="Write to this file.")] = None) -> None:
    """Print the data dictionary and the lineage of all models as Markdown."""
    from recsys.docs import dictionary

    text = dictionary(project)
    if to:
        to.write_text(text, encoding="utf-8")
        say(f"Written: {to}")
    else:
        print(text, end="")


def main() -> None:
    """Run the command line; whatever the user can mend is one message and exit code 1, never a traceback."""
    try:
        app()
    except RecsysError as error:
        say(f"error: {error}")
    except KeyboardInterrupt:
        say("stopped; what is published is as it was")
    except BrokenPipeError:
        sys.stderr.close()
    except (duckdb.Error, OSError) as error:
        if isinstance(error, duckdb.InterruptException):
            say("stopped; what is published is as it was")
        else:
            say(f"error: {str(error).splitlines()[0]}")
    sys.exit(1)

"""Commands that look inside and add to it: new, sql, test, docs."""

from pathlib import Path
from typing import Annotated

import typer

from recsys.cli.options import DEVELOP, Folder, Select, Sets, app, open_project, say
from recsys.scaffold import Kind, next_steps, scaffold


@app.command(rich_help_panel=DEVELOP)
def new(
    kind: Annotated[Kind, typer.Argument(help="What it is: a measure of similarity, a score or a segment rule.")],
    name: Annotated[str, typer.Argument(help="Its name: small letters, digits and _.")], project: Folder = Path(),
) -> None:
    """Make a rule, score or measure of your own: a model to fill in and examples that fail until you have."""
    scaffold(open_project(project), kind, name)
    for line in next_steps(project, kind, name):
        say(line)


@app.command(rich_help_panel=DEVELOP)
def sql(
    model: Annotated[str, typer.Argument(help="A model as schema.table, or its name where one alone has it.")],
    project: Folder = Path(), sets: Sets = [],  # noqa: B006
) -> None:
    """Print exactly the SQL that a model runs."""
    from recsys.inspection import rendered

    print(rendered(open_project(project, sets), model), end="")


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

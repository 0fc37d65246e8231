"""What the commands share: the application, its options, and how a project is opened."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from recsys.output import Format
from recsys.params import parse_set
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

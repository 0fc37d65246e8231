"""Commands that make results: demo, init, preview, doctor, refresh."""

from pathlib import Path
from typing import Annotated

import typer

from recsys.cli.options import WORK, Folder, Form, Select, Sets, app, open_project, say
from recsys.output import Format, emit, emit_parts
from recsys.progress import Shown


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
def preview(
    source: Annotated[str, typer.Argument(help="A source by its name, or as kind.name where two share it.")],
    project: Folder = Path(), sets: Sets = [], form: Form = Format.table,  # noqa: B006
) -> None:
    """Show five rows of a source as they are and as they are understood, and its totals (json, csv: understood)."""
    from recsys.preview import preview as look

    found = open_project(project, sets)
    seen = look(found.config, found.library, found.params, source)
    if form is Format.table:
        emit_parts(seen.parts, form)
    else:
        emit(seen.mapped, form)


@app.command(rich_help_panel=WORK)
def doctor(project: Folder = Path(), sets: Sets = [], form: Form = Format.table) -> None:  # noqa: B006
    """Say what your inputs make possible, what is missing and how much work it will be."""
    import pandas as pd

    from recsys.doctor import doctor as examine

    found = open_project(project, sets)
    emit(pd.DataFrame(examine(found.config, found.library, found.params)), form)


@app.command(rich_help_panel=WORK)
def refresh(
    project: Folder = Path(),
    sets: Sets = [],  # noqa: B006
    select: Select = [],  # noqa: B006
    threads: Annotated[int | None, typer.Option(min=1, help="Threads; default: RECSYS_THREADS, or all cores.")] = None,
    memory_limit: Annotated[str | None, typer.Option(help="Memory for the database, such as 4GB; default: RECSYS_MEMORY_LIMIT, or most of it.")] = None,
    republish: Annotated[bool, typer.Option(help="Go on although the published file is gone.")] = False,
    dry: Annotated[bool, typer.Option("--dry-run", help="Only say how much work it would be; nothing is kept or published.")] = False,
    form: Form = Format.table,
) -> None:
    """Compute everything anew, check it and publish it. With --select only build; nothing is published then."""
    found = open_project(project, sets)
    if dry:
        from recsys.doctor.work import dry_run

        parts, fits = dry_run(found.config, found.library, found.params, Shown(), threads=threads, memory=memory_limit)
        emit_parts(parts, form)
        raise typer.Exit(0 if fits else 1)
    done = found.refresh(Shown(), threads=threads, memory_limit=memory_limit, republish=republish, select=select)
    if select:
        say(f"Built {len(done.built)} models in {done.seconds:.1f} s; nothing published. Look: recsys show MODEL")
    else:
        say(f"Published {found.config.database} (run {done.run_id}, {len(done.built)} models, {done.seconds:.1f} s, "
            f"{done.publish_seconds:.1f} of them to publish); recsys status --timings says what took how long")

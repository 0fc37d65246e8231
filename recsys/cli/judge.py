"""The commands that judge results: evaluate, and tune, which looks for better ones."""

from pathlib import Path
from typing import Annotated

import typer

from recsys.cli.options import WORK, Folder, Form, Sets, app, open_project, say
from recsys.output import Format, emit, emit_parts
from recsys.progress import Shown


@app.command(rich_help_panel=WORK)
def evaluate(
    project: Folder = Path(),
    model: Annotated[str | None, typer.Option(help="What is judged: blend, or a scorer alone.")] = None,
    split: Annotated[str | None, typer.Option(help="The test part: time (the last days), random, leave_last, given.")] = None,
    held_out: Annotated[Path | None, typer.Option(help="For the split `given`: a file with source_row (and source).")] = None,
    slices: Annotated[str | None, typer.Option("--slice", help="Show groups: segment, activity, popularity or an attribute.")] = None,
    k: Annotated[int | None, typer.Option("--k", "-k", min=1, help="Places of a list.")] = None,
    repeats: Annotated[bool | None, typer.Option("--repeats/--no-repeats", help="What the user has had may be listed and counts.")] = None,
    sets: Sets = [],  # noqa: B006
    form: Form = Format.table,
) -> None:
    """Judge the recommendations by a part of the data that they do not know, beside the bestsellers."""
    import pandas as pd

    from recsys.evaluation import evaluate as judge
    from recsys.evaluation import known_slice

    found = open_project(project, sets)
    kind = known_slice(found, slices or "all")
    done = judge(found, model, split, k, repeats, held_out, Shown())
    if form is Format.csv:
        emit(done.scorecard, form)
    elif form is Format.json:
        said = pd.DataFrame({"finding": [*done.findings, done.test_part]})
        emit_parts([("scorecard", done.scorecard), ("findings", said)], form)
    else:
        if (table := done.shown(kind)).empty:
            say(f"No {kind} has {found.params['evaluation.min_slice_users']} judged customers (evaluation.min_slice_users)")
        else:
            emit(table, form, "Everybody" if kind == "all" else f"Lists with a hit, by {kind}")
        print("", *done.findings, done.test_part, sep="\n")
    say(f"Published in {found.config.database}, table model_scorecard")


@app.command(rich_help_panel=WORK)
def tune(
    project: Folder = Path(),
    budget: Annotated[str, typer.Option(help="Time after which no further trial begins: 90s, 30m, 2h.")] = "30m",
    split: Annotated[str | None, typer.Option(help="How the test and the validation part are chosen: time, random, leave_last.")] = None,
    space: Annotated[Path | None, typer.Option(help="A file of what may be tried, in place of sql/tuning.toml.")] = None,
    accept: Annotated[bool, typer.Option("--accept", help="Take over what the last search has found; no search.")] = False,
    sets: Sets = [],  # noqa: B006
) -> None:
    """Look for parameters that make better lists on your own data. Stopped, it goes on where it was when called again."""
    from recsys.tuned import accept as take_over
    from recsys.tuning import tune as look
    from recsys.words import seconds_of

    found = open_project(project, sets)
    if accept:
        say(f"Accepted: {take_over(found.config)}, named in {found.config.file}. Next: recsys refresh -p {project}")
        return
    done = look(found, seconds_of(budget), split, space, progress=Shown())
    print(done, end="")
    if done.settings:
        say(f"Nothing is changed yet. Accept it: recsys tune --accept -p {project}, or paste it into recsys.toml")

"""`recsys evaluate`: build everything over a part of the data, judge it by the rest, keep the scorecard.

The split, the metrics and the words are models in sql/evaluation; here they are run and what they come to is kept.
"""

import datetime as dt
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from recsys.errors import RecsysError, near
from recsys.files import check_target
from recsys.params import Params
from recsys.progress import Silent
from recsys.project import Project
from recsys.refresh import utc_now
from recsys.render import literal
from recsys.republish import republish
from recsys.scratch import scratch_run
from recsys.sources import no_inputs, run_context
from recsys.workspace import Paths, lock, open_workspace

CARD, TABLE, TEST = "evaluation.scorecard", "mart.model_scorecard", "evaluation.held_out"
#: the slices that are no attributes of users
SLICES = ("all", "activity", "segment", "popularity")
TRAINING = f"not exists (select 1 from {TEST} as test where test.source = interactions.source and test.source_row = interactions.source_row)"
#: what tells one evaluation of a refresh from another
_KEY = ("run_id", "model", "split", "list_length", "is_repeat_counted")


@dataclass(frozen=True)
class Evaluation:
    """What an evaluation came to.

    Attributes:
        scorecard: a row per slice and metric, as in the published table model_scorecard.
        findings: the same in a few sentences.
        test_part: what the test part was and what counted in it, in words.
    """

    scorecard: pd.DataFrame
    findings: list[str]
    test_part: str

    def shown(self, kind: str = "all") -> pd.DataFrame:
        """Return what people look at: all metrics of everybody, or the hit rate in each group of a kind."""
        card = self.scorecard[self.scorecard["slice_kind"] == kind]
        if kind != "all":
            card = card[card["metric"] == "hit_rate_at_k"]
        return pd.DataFrame({
            "what": card["metric" if kind == "all" else "slice"].str.replace("_at_k", f"@{card['list_length'].iloc[0]}"),
            "users": card["judged_count"],
            "value": card["metric_value"].map(_number),
            "bestsellers": card["bestseller_value"].map(_number),
            "difference": card["difference"].map(_number),
            "95 % interval": [
                f"{_number(low)} to {_number(high)}" if pd.notna(low) else "" for low, high in zip(card["difference_low"], card["difference_high"], strict=True)],
            "verdict": card["verdict"].fillna(""),
        }) if len(card) else pd.DataFrame()


def _number(value: float) -> str:
    return "" if pd.isna(value) else f"{value:.4f}"


def evaluate(
    project: Project,
    model: str | None = None,
    split: str | None = None,
    k: int | None = None,
    repeats: bool | None = None,
    held_out: str | Path | pd.DataFrame | None = None,
    progress: Silent | None = None,
) -> Evaluation:
    """Judge the recommendations by a part of the data that they do not know; add it to `model_scorecard`.

    What is not given is as the parameters of [evaluation] say.

    Args:
        model: "blend", or a scorer alone.
        split: time, random, leave_last, given, or one of the project's own.
        k: places of a list.
        repeats: lists may show what the user has had, and finding it counts.
        held_out: the rows of split "given": a table or a file with source_row and, where there are several sources, source.

    Raises:
        RecsysError: an unknown model or split, no refresh yet, or nothing to judge by.
    """
    progress = progress or Silent()
    params, frames = judging(project, model, split, k, repeats, held_out)
    tested = copy(project)
    tested.params = params
    paths = Paths(project.folder, project.config.database)
    if not project.config.database.exists():
        raise RecsysError("Nothing is published yet: run `recsys refresh` first")
    check_target(paths)
    with lock(paths, "evaluate"):
        run_id, _ = published_run(paths)
        with progress, scratch_run(
            tested, TRAINING, [CARD, "evaluation.findings", "evaluation.test_part"], first=[TEST], run_id=run_id, frames=frames,
            progress=progress,
        ) as con:
            card = con.sql(f"from {CARD} order by slice_kind, slice, metric not like '%_at_k', metric").df()
            findings = [text for (text,) in con.sql("select sentence from evaluation.findings order by sentence_no").fetchall()]
            test_part = con.sql("select description from evaluation.test_part").fetchall()[0][0]
        if card.empty or not card["judged_count"].max():
            raise RecsysError(f"There is nothing to judge by. {test_part} (--split random may have more; what counts is set by "
                              "evaluation.hit_events and evaluation.hit_rating.)")
        _keep(project, paths, card)
    return Evaluation(card, findings, test_part)


def known_slice(project: Project, kind: str) -> str:
    """Return a kind of groups by its name.

    Raises:
        RecsysError: there is none, with the near match.
    """
    attributes = run_context(no_inputs(project.config), project.config, 0, utc_now())["attributes"]
    known = [*SLICES, *(attribute["name"] for attribute in attributes if attribute["published"])]
    if kind not in known:
        raise RecsysError(f"There is no slice '{kind}': {', '.join(known)}.{near(kind, known)}")
    return kind


def judging(project: Project, model, split, k, repeats, held_out) -> tuple[Params, dict[str, pd.DataFrame]]:
    """Return the parameters with which lists are made and judged, and the rows that somebody gives to judge by."""
    given = {"model": model, "split": "given" if held_out is not None and split is None else split, "k": k, "repeats": repeats}
    params = project.params.override({f"evaluation.{key}": value for key, value in given.items() if value is not None}, "evaluate")
    library = project.library
    splits = [member.name for member in library.members(library.families["evaluation"])]
    if (split := params["evaluation.split"]) not in splits:
        raise RecsysError(f"There is no split '{split}'.{near(split, splits)}")
    scorers = [member.name for member in library.members(library.families["score"])]
    if (name := params["evaluation.model"]) not in ("blend", *scorers):
        raise RecsysError(f"There is no scorer '{name}'.{near(name, ('blend', *scorers))}")
    settings: dict[str, Any] = {
        "recommendation.top_n": params["evaluation.k"], "recommendation.show_known": params["evaluation.repeats"]}
    if name != "blend":
        settings |= {f"score.weight_{scorer}": float(scorer == name) for scorer in scorers} | {"score.alpha": -1.0}
        settings |= {f"rating.weight_{way.name}": 0.0 for way in library.members(library.families["rating"])}  # not judged then
    return params.override(settings, "evaluate"), _told(split, held_out)


def _told(split: str, held_out: str | Path | pd.DataFrame | None) -> dict[str, pd.DataFrame]:
    """Return the rows that are given, as what raw.held_out reads."""
    if (split == "given") != (held_out is not None):
        raise RecsysError("The split `given` and a list of rows belong together: --split given --held-out FILE")
    if held_out is None:
        return {}
    try:
        frame = held_out if isinstance(held_out, pd.DataFrame) else duckdb.sql(f"from {literal(str(held_out))}").df()
    except duckdb.Error as error:
        raise RecsysError(f"{held_out} cannot be read: {str(error).splitlines()[0]}") from None
    if "source_row" not in frame.columns:
        raise RecsysError(f"The rows to hold out need a column source_row (and source, where there are several); there are: {', '.join(frame.columns)}")
    rows = frame[["source_row"]].assign(source=frame["source"] if "source" in frame.columns else None)
    return {"held_out": rows}


def published_run(paths: Paths) -> tuple[int, dt.datetime]:
    """Return number and time of the refresh that is in the workspace, which must be the one that is published."""
    with open_workspace(paths, read_only=True) as con:
        runs = con.sql("select run_id, started_at, is_published from meta.runs order by run_id").fetchall()
    if not runs or not runs[-1][2]:
        raise RecsysError("The last refresh was not published, or built a part only (--select): run `recsys refresh` first, so that "
                          "what is judged is what is published")
    return runs[-1][:2]


def _keep(project: Project, paths: Paths, card: pd.DataFrame) -> None:
    """Add the scorecard to the history, in place of an earlier one of the same, and publish it."""
    with open_workspace(paths) as con:
        con.register("card", card)
        try:
            con.execute("begin")
            con.execute(f"delete from {TABLE} where ({', '.join(_KEY)}) in (select ({', '.join(_KEY)}) from card)")
            con.execute(f"insert into {TABLE} by name select * from card")
            con.execute("commit")
        except (duckdb.CatalogException, duckdb.BinderException):
            raise RecsysError("The last refresh was made by another version of recsys: run `recsys refresh` first") from None
        model = project.library[TABLE]
        republish(con, paths, {model.name: model.order})

"""`recsys tune`: trials with other parameters over a part of the data that is left after the test part is set aside.

Lists are built from what is left without a validation part and judged by that; the best settings and those as they are
are then held against each other by the test part, which no trial has seen. Trials are kept as they come, by the address
of what they come to, so that a search that is stopped goes on where it was.
"""

import datetime as dt
import json
import time
from contextlib import suppress
from copy import copy
from dataclasses import asdict
from pathlib import Path
from typing import Any

from recsys.addresses import Planned, hashed
from recsys.errors import RecsysError, near
from recsys.evaluation import TEST, TRAINING, judging, published_run
from recsys.library import bundled
from recsys.members import is_chosen
from recsys.params import Params
from recsys.progress import Silent
from recsys.project import Project
from recsys.scratch import FILTERED, Scratch, open_scratch
from recsys.search import OutOfTime, Settings, Space, read_space, rungs, search
from recsys.settings import MEASURES, preset_params
from recsys.tuned import Tuned, Worth, write_found
from recsys.words import duration
from recsys.workspace import Paths, lock

GOALS = ("precision_at_k", "recall_at_k", "hit_rate_at_k", "ndcg_at_k", "map_at_k", "mrr_at_k")
YARDSTICK, TRIAL = "evaluation.yardstick", "evaluation.trial"
#: users at most by whom a trial is judged
MOST_USERS = 4000


def tune(
    project: Project, budget: float = 1800, split: str | None = None, space: Path | None = None, presets: bool = True,
    progress: Silent | None = None,
) -> Tuned:
    """Look for parameters that make better lists; nothing of the project is changed.

    Args:
        budget: seconds after which no further trial begins.
        split: time, random or leave_last; how the test part and then the validation part are chosen.
        space: a file such as sql/tuning.toml.
        presets: begin with the named sets of parameters.

    Raises:
        RecsysError: nothing to try or to judge by, no refresh yet.
    """
    progress, began = progress or Silent(), time.monotonic()
    tried = copy(project)
    tried.params, _ = judging(project, None, split, None, None, None)
    if (goal := tried.params["evaluation.goal"]) not in GOALS:
        raise RecsysError(f"evaluation.goal is {', '.join(GOALS)}, not '{goal}'.{near(goal, GOALS)}")
    if tried.params["score.alpha"] >= 0:
        raise RecsysError("score.alpha stands for all weights of scorers: take it out, so that they can be tuned")
    choices = read_space(space or bundled("sql") / "tuning.toml", tried.params, [*project.config.params, *project.settings])
    paths = Paths(project.folder, project.config.database)
    with lock(paths, "tune"):
        run_id, run_at = published_run(paths)
        with progress, open_scratch(tried, run_id=run_id, run_at=run_at, progress=progress) as scratch:
            judge = Judge(scratch, paths.state / "tuning.jsonl", progress, began + budget)
            best = search(choices, _starts(tried, choices, presets), judge.shares, judge, judge.is_new, judge.note, tried.params["evaluation.seed"])
            validation = judge.worth(best, judge.shares[-1])
        changed = _changed(tried, choices, best)
        test = _by_test_part(tried, best, progress) if validation.mean_gain > 0 else None
    goal = goal.replace("at_k", f"at_{tried.params['evaluation.k']}")
    found = Tuned(changed if test else {}, goal, validation, test, judge.count, time.monotonic() - began)
    write_found(paths, found)
    return found


class Judge:
    """Says what settings are worth, and keeps what it has said."""

    def __init__(self, scratch: Scratch, file: Path, progress: Silent, until: float) -> None:
        self.scratch, self.file, self.progress, self.until = scratch, file, progress, until
        _hold_out(scratch)
        _hold_out(scratch, is_again=True)
        self.refresh = f"{scratch.run['run_id']} {scratch.run['run_at']}"
        scratch.build(scratch.plan(["evaluation.hits"]))
        (judged_count,), = scratch.con.sql("select count(distinct user_no) from evaluation.hits").fetchall()
        if not judged_count:
            raise RecsysError("There is nothing to judge trials by: nobody chose anything new in the validation part (--split random may have more; "
                              "what counts is set by evaluation.hit_events and evaluation.hit_rating)")
        self.shares = rungs(judged_count, MOST_USERS)
        scratch.build(scratch.plan([YARDSTICK], only=_sample(self.shares[-1])))
        scratch.keep(YARDSTICK)
        scratch.progress = Silent()
        lines = _lines(file)
        file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        self.known = {line["address"]: Worth(**line["worth"]) for line in lines}
        self.seen: set[str] = set()
        self.best: Worth | None = None

    @property
    def count(self) -> int:
        return len(self.seen)

    def __call__(self, settings: Settings, share: float) -> float:
        return self.worth(settings, share).mean_gain

    def is_new(self, settings: Settings) -> bool:
        library, params = self.scratch.project.library, with_settings(self.scratch.project.params, settings)
        has_scorer = any(is_chosen(library, member, params) for member in library.members(library.families["score"]))
        return has_scorer and self._address(self._planned(settings, self.shares[0])) not in self.seen

    def note(self, text: str) -> None:
        left = max(self.until - time.monotonic(), 0)
        best = f"; best so far {self.best.mean_worth:.4f} ({self.best.mean_gain:+.4f})" if self.best else ""
        self.progress.note(f"  {text}{best}; {duration(left)} left")

    def worth(self, settings: Settings, share: float) -> Worth:
        planned = self._planned(settings, share)
        address = self._address(planned)
        if address not in self.known:
            if time.monotonic() > self.until and self.seen:
                raise OutOfTime
            began = time.monotonic()
            self.scratch.build(planned)
            self.known[address] = _trial(self.scratch)
            line = {"address": address, "settings": settings, "worth": asdict(self.known[address]), "seconds": round(time.monotonic() - began, 2)}
            with self.file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
        self.seen.add(address)
        if share == self.shares[-1] and (not self.best or self.known[address].mean_gain > self.best.mean_gain):
            self.best = self.known[address]
        return self.known[address]

    def _planned(self, settings: Settings, share: float) -> Planned:
        return self.scratch.plan([TRIAL], with_settings(self.scratch.project.params, settings), _sample(share))

    def _address(self, planned: Planned) -> str:
        return hashed(planned.address, self.refresh)


def with_settings(params: Params, settings: Settings) -> Params:
    """Return parameters with others; a measure that is named is built."""
    found = params.override(settings, "tune")
    weights = {f"similarity.weight_{found[key]}": 1.0 for key in MEASURES if found[key]}
    return found.override({key: value for key, value in weights.items() if not found[key]}, "tune")


def _starts(project: Project, space: Space, presets: bool) -> list[Settings]:
    """Return the settings as they are, and those of the presets, as far as they are in the space."""
    found = [{key: project.params[key] for key in space.values}]
    for name in project.library.presets() if presets else ():
        params = project.library.params().override(project.library.preset(name), "presets.toml")
        found.append({key: params[key] for key in space.values})
    return found


def _hold_out(scratch: Scratch, is_again: bool = False) -> None:
    """Set the rows of a split aside; again: of what is left, by another lot or the last days of it."""
    params = scratch.project.params
    if is_again:
        del scratch.kept[TEST]
        (newest,), = scratch.con.sql(f"select max(occurred_on) from {FILTERED} where fate in ('used', 'unidentified')").fetchall()
        first = newest - dt.timedelta(days=params["evaluation.test_days"] - 1) if newest else ""
        params = params.override({"evaluation.seed": params["evaluation.seed"] + 1, "evaluation.test_from": str(first)}, "tune")
    scratch.build(scratch.plan([TEST], params))
    scratch.keep(TEST)
    scratch.narrow(FILTERED, TRAINING)


def _by_test_part(project: Project, settings: Settings, progress: Silent) -> Worth:
    progress.note("  the best and the settings as they are, by the test part, which no trial has seen")
    with open_scratch(project) as scratch:
        _hold_out(scratch)
        scratch.build(scratch.plan([YARDSTICK]))
        scratch.keep(YARDSTICK)
        scratch.build(scratch.plan([TRIAL], with_settings(project.params, settings)))
        return _trial(scratch)


def _trial(scratch: Scratch) -> Worth:
    return Worth(*scratch.con.sql(f"select judged_count, mean_worth, mean_gain, gain_low, gain_high from {TRIAL}").fetchall()[0])


def _sample(share: float) -> dict[str, str]:
    """Scores and hits of a share of the users only: the lists of the others are not looked at."""
    return dict.fromkeys(("score.contributions", "evaluation.hits"), f"in_sample(user_no, {share!r})") if share < 1 else {}


def _changed(project: Project, space: Space, best: Settings) -> Settings:
    """Return what is to be set: what differs from the packaged values, or what the preset says that it takes the place of."""
    params = with_settings(project.params, best)
    preset = preset_params(project.library, project.config, params["project.preset"])
    measures = [f"similarity.weight_{params[key]}" for key in MEASURES if params[key]]
    keys = dict.fromkeys([*preset, *space.values, *measures])
    idle = {key for key in space.values if key.startswith("similarity.weight_")} - set(measures)
    return {key: params[key] for key in keys if key in preset or params[key] != params.declared[key].default and key not in idle}


def _lines(file: Path) -> list[dict[str, Any]]:
    """Return the trials that were kept; the last line may be torn."""
    found = []
    for text in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        with suppress(ValueError):
            found.append(json.loads(text))
    return found

"""`recsys tune`: trials with other parameters over a part of the data that is left after the test part is set aside.

Lists are built from what is left without a validation part and judged by that. The best are judged once more by another
validation part, since the best of many trials was lucky too; what wins and the settings as they are are then held against
each other by the test part, which no trial has seen. Trials are kept as they come, by the address of what they come to, so
that a search that is stopped goes on where it was.
"""

import json
import math
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from copy import copy
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

from recsys.errors import RecsysError, near
from recsys.evaluation import judging, published_run
from recsys.holdout import hold_out
from recsys.library import bundled
from recsys.progress import Silent
from recsys.project import Project
from recsys.scratch import open_scratch
from recsys.scratchbuild import Scratch
from recsys.search import Settings, Space, read_space, search
from recsys.settings import MEASURES, preset_params
from recsys.trials import TRIAL, YARDSTICK, Judge, trial, with_settings
from recsys.tuned import Tuned, Worth, write_found
from recsys.workspace import Paths, lock

GOALS = ("precision_at_k", "recall_at_k", "hit_rate_at_k", "ndcg_at_k", "map_at_k", "mrr_at_k")
#: where trials are kept, in the project's hidden folder
TRIALS = "tuning.jsonl"
#: how many settings are judged again at the end, and by how many more validation parts: where they are drawn by lot, and else
FINALISTS, MORE_LOTS, MORE_DAYS = 8, 3, 1


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
    starts = _starts(tried, choices, presets)
    with lock(paths, "tune"), progress:
        run_id, run_at = published_run(paths)
        opened = partial(_scratches, tried, run_id=run_id, run_at=run_at, progress=progress)
        with opened() as scratches:
            judge = Judge(scratches, paths.state / TRIALS, progress, began + budget)
            search(choices, starts, judge.rungs, judge, judge.is_new, judge.note, tried.params["evaluation.seed"])
        worths = [(settings, [judge.fully[settings]]) for settings in judge.finalists(FINALISTS)]
        count = judge.count
        more = MORE_LOTS if tried.params["evaluation.split"] == "random" else MORE_DAYS
        for lot in range(1, 1 + more) if worths[0][1][0].mean_gain > 0 else ():
            progress.note(f"  the best {len(worths)} by another validation part, in which they were not lucky")
            with opened() as scratches:
                again = Judge(scratches, paths.state / TRIALS, progress, math.inf, lot)
                for settings, found in worths:
                    found.append(again.worth(json.loads(settings), again.rungs[-1]))
            count += again.count
            worths.sort(key=lambda each: -_mean(each[1]).mean_gain)
            worths = worths[: max(1, len(worths) // 2)]
        best, validation = json.loads(worths[0][0]), _mean(worths[0][1])
        test = _by_test_part(tried, best, progress) if validation.mean_gain > 0 else None
    goal = goal.replace("at_k", f"at_{tried.params['evaluation.k']}")
    result = Tuned(_changed(tried, choices, best) if test else {}, goal, validation, test, count, time.monotonic() - began)
    write_found(paths, result)
    return result


@contextmanager
def _scratches(project: Project, **options: Any) -> Iterator[Callable[[], Scratch]]:
    """Yield what opens one scratch database after the other; all are gone in the end."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(open_scratch(project, **options))


def _mean(worths: list[Worth]) -> Worth:
    return Worth(worths[0].judged_count, fmean(each.mean_worth for each in worths), fmean(each.mean_gain for each in worths), None, None)


def _starts(project: Project, space: Space, presets: bool) -> list[Settings]:
    """Return the settings as they are, and those of the presets, as far as the space leaves a choice."""
    found = [{key: project.params[key] for key in space.values}]
    for name in project.library.presets() if presets else ():
        params = project.library.params().override(project.library.preset(name), "presets.toml")
        found.append({key: params[key] if len(values) > 1 else values[0] for key, values in space.values.items()})
    return found


def _by_test_part(project: Project, settings: Settings, progress: Silent) -> Worth:
    progress.note("  the best and the settings as they are, by the test part, which no trial has seen")
    with open_scratch(project) as scratch:
        hold_out(scratch, project.params)
        scratch.build(scratch.plan([YARDSTICK]))
        scratch.keep(YARDSTICK)
        scratch.build(scratch.plan([TRIAL], with_settings(project.params, settings)))
        return trial(scratch)


def _changed(project: Project, space: Space, best: Settings) -> Settings:
    """Return what is to be set: what differs from the packaged values, or what the preset says that it takes the place of."""
    params = with_settings(project.params, best)
    preset = preset_params(project.library, project.config, params["project.preset"])
    measures = [f"similarity.weight_{params[key]}" for key in MEASURES if params[key]]
    keys = dict.fromkeys([*preset, *space.values, *measures])
    idle = {key for key in space.values if key.startswith("similarity.weight_")} - set(measures)
    return {key: params[key] for key in keys if key in preset or params[key] != params.declared[key].default and key not in idle}

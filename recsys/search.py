"""Looks for the best settings by successive halving: many are judged by few users, the better half by twice as many.

A round ends with the best of its candidates, judged by all users. It begins with what others have found; the candidates of
the first round are random draws, those of each further one a step away from the best so far: in one weight while that leads
up, for what the scorers say is known then; else in one other parameter; where neither leads up, in two at once, or elsewhere
by lot, for some rounds in vain.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recsys.errors import RecsysError
from recsys.params import Params, load_toml

Settings = dict[str, Any]

#: candidates of a round, and rounds in vain, where no step leads up, until the search ends
WIDTH, IN_VAIN = 16, 4


class OutOfTime(Exception):
    """No further trial may begin."""


@dataclass(frozen=True)
class Space:
    """What each parameter may be."""

    values: dict[str, list[Any]]

    def drawn(self, rng: random.Random) -> Settings:
        """Return settings by lot. Half of what can be switched off is off: where all speak, no voice is told from another."""
        return {key: _drawn(values, is_weight(key), rng) for key, values in self.values.items()}

    def steps(self, settings: Settings) -> list[Settings]:
        """Return all settings in which one parameter has the next lower or higher number, or another word."""
        return [settings | {key: value} for key, values in self.values.items() for value in _beside(settings[key], values)]


def is_weight(key: str) -> bool:
    """Tell whether a parameter says how much a scorer counts."""
    return key.split(".")[-1].startswith("weight_")


def _drawn(values: list[Any], can_be_off: bool, rng: random.Random) -> Any:
    on = [value for value in values if value or not can_be_off]
    return rng.choice(on) if len(on) == len(values) or rng.random() < 0.5 and on else 0.0


def _beside(value: Any, values: list[Any]) -> list[Any]:
    others = [other for other in values if other != value]
    if any(type(other) not in (int, float) for other in (value, *others)):
        return others
    lower, higher = [other for other in others if other < value], [other for other in others if other > value]
    return [*lower[-1:], *higher[:1]]


def read_space(path: Path, params: Params, fixed: Sequence[str]) -> Space:
    """Read what may be tried; parameters that are ``fixed`` are left out.

    Raises:
        RecsysError: an unknown parameter, a value that it may not have, or nothing to choose between.
    """
    values: dict[str, list[Any]] = {}
    for folder, table in load_toml(path).items():
        for name, listed in table.items() if isinstance(table, dict) else [("", None)]:
            key = f"{folder}.{name}".rstrip(".")
            if not isinstance(listed, list) or not listed:
                raise RecsysError(f"{path}: {key} is a list of the values to try, such as [0.0, 0.5, 1.0], not {listed!r}")
            tried = [params.override({key: value}, str(path))[key] for value in listed]
            values[key] = sorted(tried) if all(type(value) in (int, float) for value in tried) else tried
    left = {key: listed for key, listed in values.items() if key not in fixed}
    if not any(len(listed) > 1 for listed in left.values()):
        raise RecsysError(f"{path}: there is nothing to try: each parameter has one value, or recsys.toml or --set names it already")
    return Space(left)


def search(
    space: Space, starts: Sequence[Settings], rungs: Sequence[int], judge: Callable[[Settings, int], float],
    is_new: Callable[[Settings], bool], note: Callable[[str], None], seed: int,
) -> Settings:
    """Return the best settings found until ``judge`` raises OutOfTime, or until no step from them leads up.

    Args:
        starts: settings to begin with; the first are those as they are.
        rungs: by how many parts of the users candidates are judged, rising; by the last, by all.
        judge: gives what settings are worth, judged by so many parts.
        is_new: tells whether settings come to something that has not been judged yet.
    """
    rng = random.Random(seed)
    best, highest, in_vain = starts[0], judge(starts[0], rungs[-1]), 0

    def judged(settings: Settings, rung: int) -> float:
        nonlocal best, highest, in_vain
        worth = judge(settings, rung)
        if rung == rungs[-1] and worth > highest:
            best, highest, in_vain = settings, worth, 0
        return worth

    def new(settings: list[Settings]) -> list[Settings]:
        rng.shuffle(settings)
        found: list[Settings] = []
        for each in settings:
            if len(found) < WIDTH and each not in found and is_new(each):
                found.append(each)
        return found

    def drawn() -> list[Settings]:
        return new([space.drawn(rng) for _ in range(2 * WIDTH)])

    def following() -> list[Settings]:
        nonlocal in_vain
        steps = space.steps(best)
        weights = [step for step in steps if any(is_weight(key) and step[key] != best[key] for key in step)]
        if found := new(weights) or new([step for step in steps if step not in weights]):
            return found
        in_vain += 1
        if in_vain > IN_VAIN:
            return []
        pairs = [rng.choice(space.steps(step)) for step in steps] if in_vain % 2 else []
        return new(pairs) or drawn()

    try:
        for start in starts[1:]:
            judged(start, rungs[-1])
        candidates, number = drawn(), 0
        while candidates:
            number += 1
            for rung in rungs:
                note(f"round {number}: {len(candidates)} candidates by {rung} of {rungs[-1]} parts of the users")
                candidates.sort(key=lambda settings, rung=rung: -judged(settings, rung))
                candidates = candidates[: max(1, len(candidates) // 2)]
            candidates = following()
    except OutOfTime:
        pass
    return best

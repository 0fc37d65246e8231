"""Looks for the best settings by successive halving: many are judged by few users, the better half by twice as many.

A round ends with the best of its candidates, judged by all users. The first round's are what others have found and random
draws; those of each further round are a step away from the best so far, in one parameter, until no step leads up.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recsys.errors import RecsysError
from recsys.params import Params, load_toml

Settings = dict[str, Any]

#: candidates of a round
WIDTH = 16
#: shares of the users by whom they are judged, each time the better half of them
RUNGS = (0.25, 0.5, 1.0)
#: users below which a rung tells nothing
MIN_USERS = 100


class OutOfTime(Exception):
    """No further trial may begin."""


@dataclass(frozen=True)
class Space:
    """What each parameter may be."""

    values: dict[str, list[Any]]

    def drawn(self, rng: random.Random) -> Settings:
        return {key: rng.choice(values) for key, values in self.values.items()}

    def steps(self, settings: Settings) -> list[Settings]:
        """Return all settings in which one parameter has the next lower or higher number, or another word."""
        return [settings | {key: value} for key, values in self.values.items() for value in _beside(settings[key], values)]


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


def rungs(user_count: int, most: int) -> list[float]:
    """Return the shares of the users by whom candidates are judged, in rising order; of ``most`` users at the end."""
    whole = min(1.0, most / user_count)
    return [share * whole for share in RUNGS if share == 1 or share * whole * user_count >= MIN_USERS]


def search(
    space: Space, starts: Sequence[Settings], shares: Sequence[float], judge: Callable[[Settings, float], float],
    is_new: Callable[[Settings], bool], note: Callable[[str], None], seed: int,
) -> Settings:
    """Return the best settings found until ``judge`` raises OutOfTime, or until no step from them leads up.

    Args:
        starts: settings to begin with; the first are those as they are.
        judge: gives what settings are worth, judged by a share of the users.
        is_new: tells whether settings come to something that has not been judged yet.
    """
    rng = random.Random(seed)
    best, highest = starts[0], judge(starts[0], shares[-1])
    candidates = _distinct([*starts[1:], *(space.drawn(rng) for _ in range(WIDTH))], is_new)[:WIDTH]
    number = 0

    def judged(settings: Settings, share: float) -> float:
        nonlocal best, highest
        worth = judge(settings, share)
        if share == shares[-1] and worth > highest:
            best, highest = settings, worth
        return worth

    try:
        while candidates:
            number += 1
            for share in shares:
                note(f"round {number}: {len(candidates)} trials with {share:.0%} of the users")
                candidates.sort(key=lambda settings, share=share: -judged(settings, share))
                candidates = candidates[: max(1, len(candidates) // 2)]
            candidates = space.steps(best)
            rng.shuffle(candidates)
            candidates = _distinct(candidates, is_new)[:WIDTH]
    except OutOfTime:
        pass
    return best


def _distinct(candidates: Sequence[Settings], is_new: Callable[[Settings], bool]) -> list[Settings]:
    found: list[Settings] = []
    for settings in candidates:
        if settings not in found and is_new(settings):
            found.append(settings)
    return found

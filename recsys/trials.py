"""Trials: what settings are worth, by users' choices that the lists do not know; each is reckoned once and kept in a file.

The users who judge are cut into parts. Where the split draws from each user's products, a scratch database holds back the
validation rows of no more than half of all users, so that the data stay nearly as dense as they are in earnest, which decides
which parameters are best; further parts have further ones. A cut in time holds back everybody's last days, once for all parts.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from recsys.addresses import Planned, hashed
from recsys.errors import RecsysError
from recsys.holdout import hold_out, validation
from recsys.members import is_chosen
from recsys.params import Params
from recsys.progress import Silent
from recsys.scratch import Scratch
from recsys.search import OutOfTime, Settings
from recsys.settings import MEASURES
from recsys.tuned import Worth
from recsys.words import duration

YARDSTICK, TRIAL = "evaluation.yardstick", "evaluation.trial"
#: parts of the users, and users at most in a part: more tell no more
PARTS, MOST_USERS = 4, 1000
#: users at least in each of several parts
MIN_USERS = 100
#: share of the users from whom rows may be held back in one database, where they are drawn by lot
MOST_JUDGES = 0.5
#: scores of a part's users for all items at most, to be kept for trials with other weights
MOST_SCORES = 20_000_000


def with_settings(params: Params, settings: Settings) -> Params:
    """Return parameters with others; a measure that is named is built."""
    found = params.override(settings, "tune")
    weights = {f"similarity.weight_{found[key]}": 1.0 for key in MEASURES if found[key]}
    return found.override({key: value for key, value in weights.items() if not found[key]}, "tune")


def trial(scratch: Scratch) -> Worth:
    return Worth(*scratch.con.sql(f"select judged_count, mean_worth, mean_gain, gain_low, gain_high from {TRIAL}").fetchall()[0])


def sample(first: float, last: float) -> str:
    return f"sample_place(user_no) >= {first!r} and sample_place(user_no) < {last!r}"


@dataclass(frozen=True)
class Part:
    """Users who judge: in which database, and which of its users; with the scores that each scorer gives them put by, or not."""

    scratch: Scratch
    where: str
    is_summed: bool

    def plan(self, target: str, params: Params | None = None) -> Planned:
        return self.scratch.plan([target], params, _only(self.where), self.where if self.is_summed else "")


class Judge:
    """Says what settings are worth more than those as they are, by some or by all parts of the users.

    Args:
        opened: gives a scratch database beside the last refresh.
        file: where trials are kept.
        until: when no further trial may begin, by time.monotonic.
        lot: which validation part; another number is another one.
    """

    def __init__(self, opened: Callable[[], Scratch], file: Path, progress: Silent, until: float, lot: int = 0) -> None:
        self.file, self.progress, self.until = file, progress, until
        self.known = {line["address"]: Worth(**line["worth"]) for line in _lines(file)}
        self.fully: dict[str, Worth] = {}  #: {settings as JSON: what they are worth by all}
        self.seen: set[str] = set()
        self.addresses: dict[tuple[str, str], str] = {}  #: {(which users, settings as JSON): address}
        self.parts = list(self._parts(opened, lot))
        self.project, run = self.parts[0].scratch.project, self.parts[0].scratch.run
        self.refresh = f"{run['run_id']} {run['run_at']}"
        counts = [self._judged_count(part) for part in self.parts]
        if not sum(counts):
            raise RecsysError("There is nothing to judge trials by: nobody chose anything new in the validation part (--split random may have more; "
                              "what counts is set by evaluation.hit_events and evaluation.hit_rating)")
        self.rungs = [number for number in (1, 2) if number < len(self.parts)] + [len(self.parts)]

    def __call__(self, settings: Settings, rung: int) -> float:
        return self.worth(settings, rung).mean_gain

    def worth(self, settings: Settings, rung: int) -> Worth:
        """Return the mean over the users of the first so many parts."""
        worths = [worth for part in self.parts[:rung] if (worth := self._by_part(part, settings)).judged_count]
        users = sum(worth.judged_count for worth in worths)
        means = [sum(getattr(worth, name) * worth.judged_count for worth in worths) / max(users, 1) for name in ("mean_worth", "mean_gain")]
        found = Worth(users, *means, None, None)
        if rung == self.rungs[-1]:
            self.fully[json.dumps(settings)] = found
        return found

    def is_new(self, settings: Settings) -> bool:
        """Tell whether settings have a scorer, and come to something that has not been judged yet."""
        library, params = self.project.library, with_settings(self.project.params, settings)
        has_scorer = any(is_chosen(library, member, params) for member in library.members(library.families["score"]))
        return has_scorer and self._address(self.parts[0], settings) not in self.seen

    @property
    def count(self) -> int:
        return len(self.seen)

    def finalists(self, count: int) -> list[str]:
        """Return the best of those that all have judged, as JSON."""
        return sorted(self.fully, key=lambda settings: -self.fully[settings].mean_gain)[:count]

    def note(self, text: str) -> None:
        best = max(self.fully.values(), key=lambda worth: worth.mean_gain, default=None)
        told = f"; best so far {best.mean_worth:.4f} ({best.mean_gain:+.4f})" if best else ""
        left = f"; {duration(self.until - time.monotonic())} left" if self.until > time.monotonic() else ""
        self.progress.note(f"  {text}{told}{left}")

    def _parts(self, opened: Callable[[], Scratch], lot: int) -> Iterator[Part]:
        number, count, width = 0, 1, 1.0
        while number < count:
            scratch = opened()
            hold_out(scratch, scratch.project.params)
            if number == 0:
                (users, items), = scratch.con.sql("select (select count(*) from profile.users), (select count(*) from known.profile.items)").fetchall()
                count = max(1, min(PARTS, users // MIN_USERS))
                width = min(1 / count, MOST_USERS / max(users, 1))
                is_summed = width * users * items <= MOST_SCORES
            is_cut_in_time = scratch.project.params["evaluation.split"] == "time"
            here = range(number, count if is_cut_in_time else min(count, number + max(1, int(MOST_JUDGES / width))))
            mine = sample(here.start * width, here.stop * width)
            hold_out(scratch, validation(scratch, lot), "true" if is_cut_in_time else mine)
            scratch.build(scratch.plan([YARDSTICK, "evaluation.hits"], only=_only(mine)))
            scratch.keep(YARDSTICK)
            scratch.progress = Silent()
            for number in here:
                yield Part(scratch, sample(number * width, (number + 1) * width), is_summed)
            number += 1

    def _judged_count(self, part: Part) -> int:
        part.scratch.build(part.plan("evaluation.hits"))
        return part.scratch.con.sql("select count(distinct user_no) from evaluation.hits").fetchall()[0][0]

    def _address(self, part: Part, settings: Settings) -> str:
        """Return the same for all settings that come to the same."""
        key = (part.where, json.dumps(settings))
        if key not in self.addresses:
            self.addresses[key] = hashed(part.plan(TRIAL, with_settings(self.project.params, settings)).address, self.refresh)
        return self.addresses[key]

    def _by_part(self, part: Part, settings: Settings) -> Worth:
        address = self._address(part, settings)
        if address not in self.known:
            if time.monotonic() > self.until and self.fully:
                raise OutOfTime
            began = time.monotonic()
            part.scratch.build(part.plan(TRIAL, with_settings(self.project.params, settings)))
            self.known[address] = trial(part.scratch)
            line = {"address": address, "settings": settings, "worth": asdict(self.known[address]), "seconds": round(time.monotonic() - began, 2)}
            with self.file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
        self.seen.add(address)
        return self.known[address]


def _only(where: str) -> dict[str, str]:
    """Scores and hits of some users only: the lists of the others are not looked at."""
    return dict.fromkeys(("score.contributions", "evaluation.hits"), where)


def _lines(file: Path) -> list[dict[str, Any]]:
    """Return the trials that were kept, without what a killed search has left of a line."""
    found = []
    for text in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        with suppress(ValueError):
            found.append(json.loads(text))
    file.write_text("".join(json.dumps(line) + "\n" for line in found), encoding="utf-8")
    return found

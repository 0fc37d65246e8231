"""What `recsys tune` has found: as a file to read and to paste, and as the project's own preset once it is accepted."""

import datetime as dt
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recsys.config import Config
from recsys.errors import RecsysError
from recsys.params import load_toml
from recsys.settings import TUNED
from recsys.words import counted, duration
from recsys.workspace import Paths

LINE = f'preset = "tuned"  # what `recsys tune` has found: {TUNED}\n'


@dataclass(frozen=True)
class Worth:
    """What settings are worth: the mean over the judged users, and what that is more than as it is, with its interval."""

    judged_count: int
    mean_worth: float
    mean_gain: float
    gain_low: float | None
    gain_high: float | None

    def __str__(self) -> str:
        span = "" if self.gain_low is None else f" ({self.gain_low:.4f} to {self.gain_high:.4f})"
        return f"{self.mean_worth:.4f}, as it is {self.mean_worth - self.mean_gain:.4f}; more by {self.mean_gain:.4f}{span}; {counted(self.judged_count, 'user')}"

    @property
    def verdict(self) -> str:
        if self.gain_low is None or self.gain_low <= 0 <= self.gain_high:
            return "That may be chance."
        return "That is clearly better." if self.gain_low > 0 else "That is clearly worse: leave it as it is."


@dataclass(frozen=True)
class Tuned:
    """What a search came to.

    Attributes:
        settings: parameters to set; none where nothing better was found.
        goal: the metric that was raised.
        validation: what they are worth by the part by which they were chosen.
        test: the same by the part that no trial has seen.
    """

    settings: dict[str, Any]
    goal: str
    validation: Worth
    test: Worth | None
    trial_count: int
    seconds: float

    def __str__(self) -> str:
        head = [f"Found by `recsys tune` on {dt.date.today()}: {counted(self.trial_count, 'trial')} in {duration(self.seconds)}."]
        if self.test is None:
            head += [f"Nothing better than the settings as they are: {self.goal} {self.validation.mean_worth:.4f}."]
        else:
            head += [f"{self.goal} by the validation part, by which it was chosen: {self.validation}.",
                     f"{self.goal} by the test part, which no trial has seen: {self.test}. {self.test.verdict}"]
        lines = [f"# {line}" for line in head]
        for folder in dict.fromkeys(key.split(".")[0] for key in self.settings):
            lines += [f"[params.{folder}]"]
            lines += [f"{key.split('.')[1]} = {_toml(value)}" for key, value in self.settings.items() if key.startswith(f"{folder}.")]
        return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }" if isinstance(value, dict) else json.dumps(value)


def write_found(paths: Paths, found: Tuned) -> None:
    """Keep what was found until it is accepted."""
    (paths.state / TUNED).write_text(str(found), encoding="utf-8")


def accept(config: Config) -> Path:
    """Make what was found last the project's own preset: a file beside recsys.toml, and a line in it.

    Raises:
        RecsysError: nothing was found yet, or recsys.toml cannot be changed.
    """
    found = config.folder / ".recsys" / TUNED
    if not found.exists() or "params" not in load_toml(found):
        raise RecsysError("There is nothing to accept: `recsys tune` has found nothing better yet")
    text = config.file.read_text(encoding="utf-8")
    head = re.match(r"(?:(?!\s*\[).*\n?)*", text)[0]
    line = re.compile(r"^preset\s*=.*\n?", re.M)
    changed = (line.sub(LINE, head, count=1) if line.search(head) else LINE + head) + text[len(head):]
    following = config.file.with_name(config.file.name + ".next")
    following.write_text(changed, encoding="utf-8")
    if load_toml(following) != load_toml(config.file) | {"preset": "tuned"}:
        following.unlink()
        raise RecsysError(f"{config.file}: write preset = \"tuned\" at its head yourself, and copy {found} beside it")
    target = config.folder / TUNED
    target.write_text(found.read_text(encoding="utf-8"), encoding="utf-8")
    following.replace(config.file)
    return target

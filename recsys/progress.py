"""What a person sees of a running refresh: a line on a terminal, one line per layer in a log."""

import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from recsys.build import Built
from recsys.words import counted, duration

#: the part of a model's work after which what is left can be told
TELLING_SHARE = 0.1
#: in a log, seconds after which a model that is still at work says how far it is
LOG_SECONDS = 30.0


class Silent:
    """Says nothing; also the shape that the others have."""

    def __enter__(self) -> "Silent":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        pass

    def note(self, text: str) -> None:
        """A line worth reading later."""

    def total(self, count: int) -> None:
        """So many models will be built."""

    def model(self, table: str) -> None:
        """This model is being built."""

    def tick(self, done: int, total: int) -> None:
        """So much of its work is done: of the rows that its tiles join, or of its passes."""

    def built(self, built: Built) -> None:
        """It is built."""


class Shown(Silent):
    """Shows progress on stderr: a live bar on a terminal, plain lines elsewhere."""

    def __init__(self) -> None:
        self.console = Console(stderr=True, highlight=False)
        self.live = self.console.is_terminal
        self.bar = Progress(
            TextColumn("{task.description}"), BarColumn(bar_width=12), TextColumn("{task.completed:.0f}/{task.total:.0f}"),
            TimeElapsedColumn(), console=self.console, transient=True, disable=not self.live,
        )
        self.task = self.bar.add_task("reading the project", total=1)
        self.layer, self.layer_models, self.layer_started = "", 0, time.monotonic()
        self.table, self.began, self.told = "", 0.0, 0.0

    def __enter__(self) -> "Shown":
        self.bar.start()
        return self

    def __exit__(self, kind, error, trace) -> None:
        self._end_layer("")
        self.bar.stop()

    def note(self, text: str) -> None:
        self.console.print(text, markup=False, soft_wrap=True)

    def total(self, count: int) -> None:
        self.bar.update(self.task, total=count)

    def model(self, table: str) -> None:
        self.bar.update(self.task, description=f"{table:<47}")
        self.table, self.began, self.told = table, time.monotonic(), time.monotonic()
        layer = table.split(".")[0]
        if layer != self.layer:
            self._end_layer(layer)

    def tick(self, done: int, total: int) -> None:
        now = time.monotonic()
        said = how_far(now - self.began, done, total)
        self.bar.update(self.task, description=f"{f'{self.table} {said}':<47}")
        if not self.live and now - self.told >= LOG_SECONDS:
            self.note(f"  {self.table} {said}")
            self.told = now

    def built(self, built: Built) -> None:
        self.layer_models += 1
        self.bar.advance(self.task)
        for warning in built.warnings:
            self.note(f"warning: {warning}")

    def _end_layer(self, layer: str) -> None:
        """In a log a line per stretch of one layer, when it took long enough to be worth one."""
        seconds = time.monotonic() - self.layer_started
        if self.layer and not self.live and seconds >= 0.5:
            models = counted(self.layer_models, "model") if self.layer_models else ""  # none where work is tried, or stopped
            self.note(f"  {self.layer:<14} {models:>10}  {seconds:6.1f} s")
        self.layer, self.layer_models, self.layer_started = layer, 0, time.monotonic()


def how_far(seconds: float, done: int, total: int) -> str:
    """Write how far work is that has gone on for so long, and from a tenth of it on what is left, at the pace so far."""
    share = done / total if total else 1.0
    left = f", about {duration(seconds * (1 - share) / share)} left" if TELLING_SHARE <= share < 1 else ""
    return f"{share:.0%}{left}"

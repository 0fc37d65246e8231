"""Runs the contestants in turns, each in a fresh process, and adds up what came of it. Imports nothing heavy: what this
process holds would count as the memory of the children that it starts."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from .works import Task, Work, missing

ROOT = Path(__file__).resolve().parents[2]
QUIET_SPREAD = 0.1


@dataclass
class Score:
    """What one contestant's runs of one work came to."""

    who: str
    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    peak_bytes: list[int] = field(default_factory=list)
    skipped: str = ""
    failed: str = ""
    checked: int | None = None
    largest_error: float | None = None

    @property
    def median(self) -> float | None:
        return statistics.median(self.seconds) if self.seconds else None

    @property
    def spread(self) -> float | None:
        """Slowest less fastest run, as a share of the median."""
        return (max(self.seconds) - min(self.seconds)) / self.median if self.seconds else None


@dataclass
class Measured:
    """One work with all its contestants, ours first."""

    work: Work
    scores: list[Score]
    pair_rows: float | None = None

    @property
    def ours(self) -> Score:
        return self.scores[0]

    @property
    def peer(self) -> Score | None:
        """The peer that the bound is about: the first that ran."""
        return next((score for score in self.scores[1:] if score.seconds), None)

    @property
    def ratio(self) -> float | None:
        return self.ours.median / self.peer.median if self.peer and self.ours.seconds else None

    @property
    def is_quiet(self) -> bool | None:
        """None where one run cannot tell."""
        return self.peer.spread < QUIET_SPREAD if self.peer and len(self.peer.seconds) > 1 else None


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def measure(work: Work, base: Task, runs: int, *, check: bool) -> Measured:
    """Prepare what all start from, run them in turns, check the first result of each."""
    found = Measured(work, [Score(who, skipped=missing(who)) for who in ("ours", *work.peers)])
    with tempfile.TemporaryDirectory(prefix="benchmark-", dir=base.data) as folder:
        if not work.is_whole:
            say(f"{work.name}: prepares")
            _attempt(found.ours, "prepare", replace(base, who="ours", work=work.name, run=_fresh(folder)))
        for number in range(runs):
            for score in (score for score in found.scores if not score.skipped and not score.failed):
                task = replace(
                    base, who=score.who, work=work.name, run=_fresh(folder), keep=check and number == 0
                )
                _run(score, task)
                if score.seconds and not score.failed:
                    say(
                        f"{work.name} {number + 1}/{runs} {score.who}: {score.seconds[-1]:.2f} s, {score.peak_bytes[-1] / 1e6:,.0f} MB"
                    )
                if task.keep and not score.failed and (told := _attempt(score, "check", task)):
                    score.checked, score.largest_error = told.get("checked"), told.get("largest_error")
    found.pair_rows = _pair_rows(Path(base.data), work)
    return found


def _fresh(folder: str) -> str:
    path = Path(folder) / "run"
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    return str(path)


def _run(score: Score, task: Task) -> None:
    if not task.spec.is_whole:
        told = _attempt(score, "time", task)
        if told and "seconds" in told:
            score.seconds.append(told["seconds"])
            score.cpu_seconds.append(told["cpu_seconds"])
            score.peak_bytes.append(told["peak_bytes"])
        return
    if task.work == "file" and score.who == "ours":
        _attempt(score, "prepare", task)
    done = process(_whole(task), task.threads)
    if done["code"]:
        score.failed = done["error"]
        return
    for name in ("seconds", "cpu_seconds", "peak_bytes"):
        getattr(score, name).append(done[name])


def _whole(task: Task) -> list[str]:
    if task.work == "demo":
        return ["-m", "recsys", "demo", f"{task.run}/demo"]
    if task.who == "pandas_implicit":
        return [
            str(Path(__file__).with_name("pandas_implicit.py")),
            str(task.csv),
            task.run,
            str(task.threads),
        ]
    limit = ["--memory-limit", task.memory_limit] if task.memory_limit else []
    return ["-m", "recsys", "refresh", "-p", task.run, "--threads", str(task.threads), *limit]


def _attempt(score: Score, what: str, task: Task) -> dict | None:
    """Have a child do one thing; note on the score why it did not."""
    done = process(["-m", "tests.benchmarks.child", what, task.to_json()], task.threads)
    if done["code"]:
        score.failed = done["error"]
        return None
    told = json.loads(done["output"].splitlines()[-1])
    if what != "check":
        score.skipped = score.skipped or told.get("skipped", "")
    return {**told, "peak_bytes": done["peak_bytes"]}


def process(words: list[str], threads: int) -> dict:
    """Run Python in a process of its own; wall seconds, and what the system says it used, its children included."""
    few = {name: str(threads) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    path = os.pathsep.join(part for part in (str(ROOT), os.environ.get("PYTHONPATH", "")) if part)
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        began = time.perf_counter()
        child = subprocess.Popen(
            [sys.executable, *words],
            cwd=ROOT,
            stdout=output,
            stderr=errors,
            env={**os.environ, **few, "PYTHONPATH": path},
        )
        _, status, used = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        for file in (output, errors):
            file.seek(0)
        said = errors.read().strip()
        return {
            "code": child.returncode,
            "seconds": seconds,
            "cpu_seconds": used.ru_utime + used.ru_stime,
            "peak_bytes": used.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
            "output": output.read(),
            "error": said.splitlines()[-1] if said else f"ended with {child.returncode}",
        }


def _pair_rows(data: Path, work: Work) -> float | None:
    """Rows that the work's self-join makes: for each two entities of the axis that share something, per shared thing."""
    if not (work.is_kernel or work.name == "file"):
        return None
    found = json.loads((data / "marginals.json").read_text(encoding="utf-8"))
    return found[f"{work.axis}_pair_rows"]

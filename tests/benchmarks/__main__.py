"""Ours and the peers in turns on the same data; a Markdown table on stdout, progress on stderr."""

import argparse
import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

from .measure import ROOT, measure, say
from .report import as_json, machine, table, versions
from .works import WORKS, Task

SIZES = ("tiny", "100k", "1m", "20m", "wide-small", "wide")


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="1m")
    parser.add_argument(
        "--runs", type=int, default=5, help="of each contestant; the median counts (default: %(default)s)"
    )
    parser.add_argument(
        "--only", action="append", choices=WORKS, help="this work; repeatable; default: those of the size"
    )
    parser.add_argument("--json", type=Path, help="write all figures with machine and versions to this file")
    parser.add_argument(
        "--data", type=Path, default=Path(".benchmarks"), help="where the data lie (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory-limit", help="of ours, such as 2GB")
    parser.add_argument(
        "--set", action="append", default=[], dest="sets", help="a parameter of ours: similarity.min_common=2"
    )
    parser.add_argument("--no-check", action="store_true", help="do not compare the results with scipy's")
    return parser.parse_args(words)


def events(asked: argparse.Namespace) -> Path:
    """Return the folder with the data; where they are missing a child makes them, so that this process stays small."""
    folder = asked.data.resolve() / asked.size / f"seed-{asked.seed}"
    if not (folder / "marginals.json").exists():
        say(f"makes the data of size {asked.size}")
        subprocess.run(
            [
                sys.executable,
                "-m",
                "tests.benchmarks.generate",
                asked.size,
                "--seed",
                str(asked.seed),
                "--data",
                str(asked.data.resolve()),
            ],
            cwd=ROOT,
            check=True,
            stdout=sys.stderr,
        )
    return folder


def main(words: list[str] | None = None) -> int:
    """Return 1 if somebody failed or found something else than scipy."""
    asked = arguments(words)
    folder = events(asked)
    works = [WORKS[name] for name in asked.only or WORKS if asked.only or asked.size in WORKS[name].sizes]
    base = Task("", "", asked.size, str(folder), "", asked.threads, asked.memory_limit, tuple(asked.sets))
    found = [measure(work, base, asked.runs, check=not asked.no_check) for work in works]
    about = {
        "size": asked.size,
        "seed": asked.seed,
        "runs": asked.runs,
        "threads": asked.threads,
        "memory_limit": asked.memory_limit,
        "sets": asked.sets,
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "versions": versions(),
        "marginals": json.loads((folder / "marginals.json").read_text(encoding="utf-8")),
    }
    if asked.json:
        asked.json.write_text(
            json.dumps({**about, "works": as_json(found, asked.size)}, indent=2) + "\n", encoding="utf-8"
        )
    print(_title(about) + "\n\n" + table(found, asked.size))
    return int(any(score.failed for measured in found for score in measured.scores))


def _title(about: dict) -> str:
    one, packages = (
        about["machine"],
        ", ".join(f"{name} {number}" for name, number in about["versions"].items()),
    )
    limit = f", memory limit {about['memory_limit']}" if about["memory_limit"] else ""
    sets = "".join(f", {text}" for text in about["sets"])
    return (
        f"Size {about['size']} ({about['marginals']['events']:,.0f} events, {about['marginals']['users']:,.0f} users, "
        f"{about['marginals']['items']:,.0f} items), {about['runs']} runs each, {about['threads']} threads{limit}{sets}; "
        f"{one['cores']} cores of {one['processor']}, {one['memory_bytes'] / 2**30:.0f} GB, {one['system']}; "
        f"{about['date'][:10]}; {packages}."
    )


if __name__ == "__main__":
    sys.exit(main())

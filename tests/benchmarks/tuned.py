"""How much of what the presets gain on MovieLens 100K `recsys tune` finds by itself, starting from no preset.

    python -m tests.benchmarks.tuned --budget 30m [--without-presets]

A fifth of every user's films is the test part. The search sees nothing of it: it holds a fifth of the rest back for
validation. Then everything is built from all but the test part, and precision at 10 counted over it: as it comes, with
each preset, and with what was found. --without-presets lets the search begin with random draws alone. A search that was
stopped goes on where it was.
"""

import argparse
import json
import sys
from pathlib import Path

from recsys import Project
from recsys.progress import Shown
from recsys.tuning import tune
from recsys.words import seconds_of

from .accuracy import fetched, movielens_100k

FOLDER = Path(".benchmarks") / "tuned"
GOAL = {"evaluation.split": "random", "evaluation.goal": "precision_at_k"}


def project(folder: Path, settings: dict) -> Project:
    """MovieLens 100K as a project, every rating an event that counts alike."""
    columns = {"user_id": "user", "item_id": "item", "occurred_at": "at"}
    source = {"name": "films", "from": movielens_100k(fetched()), "columns": columns, "constants": {"event_type": "purchase"}}
    return Project(folder, {"interactions": [source]}, settings)


def precision(folder: Path, settings: dict) -> float:
    card = project(folder, GOAL | settings).evaluate().scorecard
    return card[(card["slice_kind"] == "all") & (card["metric"] == "precision_at_k")]["metric_value"].iloc[0]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.tuned", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--budget", default="30m")
    parser.add_argument("--without-presets", action="store_true")
    parser.add_argument("--space", type=Path, help="what may be tried, in place of sql/tuning.toml")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    if not (FOLDER / "recsys.duckdb").exists():
        project(FOLDER, {}).refresh(Shown())
    found = tune(project(FOLDER, GOAL), seconds_of(asked.budget), space=asked.space, presets=not asked.without_presets, progress=Shown())
    print(found)
    figures = {"as it comes": precision(FOLDER, {})}
    figures |= {name: precision(FOLDER, {"preset": name}) for name in project(FOLDER, {}).library.presets()}
    best = max(figures.values())
    figures["found"] = precision(FOLDER, found.settings)
    share = (figures["found"] - figures["as it comes"]) / (best - figures["as it comes"])
    print("\n".join(["| settings | precision at 10 |", "|---|---|", *(f"| {name} | {value:.4f} |" for name, value in figures.items())]))
    print(f"\nOf what the best preset gains: {share:.0%}", file=sys.stderr)
    if asked.json:
        asked.json.write_text(json.dumps({"figures": figures, "share": share, "settings": found.settings, "trials": found.trial_count, "seconds": found.seconds}, indent=1))


if __name__ == "__main__":
    main()

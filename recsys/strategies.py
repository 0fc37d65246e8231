"""What to do about each segment: packaged texts, and what the project file says instead."""

from functools import cache
from typing import Any

from recsys.config import Config
from recsys.errors import RecsysError, near
from recsys.library import Library, bundled
from recsys.model import STRATEGY
from recsys.params import load_toml

FAMILY = "segment"


@cache
def packaged() -> dict[str, dict[str, str]]:
    """Return {RFM segment or stage of life: its strategy} as sql/segment/strategies.toml says; those of rules stand in their headers."""
    return load_toml(bundled("sql") / FAMILY / "strategies.toml")


def told(config: Config | None) -> list[dict[str, Any]]:
    """Return what is said outside of the rules' headers, the project's own words before the packaged ones."""
    own = config.strategies if config else {}
    silent: dict[str, str] = {}
    return [
        {"segment": name, **{part: (packaged().get(name, silent) | own.get(name, silent)).get(part) for part in STRATEGY}}
        for name in {**packaged(), **own}
    ]


def check_strategies(library: Library, config: Config) -> None:
    """Check that each strategy of the project file is that of a segment, and that no two segments share a name.

    Raises:
        RecsysError: a segment that is not there, with the near match, or a rule that is called like another segment.
    """
    family = library.families.get(FAMILY)
    if not family:
        return
    names = dict.fromkeys(packaged(), "an RFM segment or a stage of life")
    for rule in library.members(family):
        label = rule.one("label")
        if label in names:
            raise RecsysError(f"{rule.path}: label: {label} is the name of {names[label]} already: choose another")
        names[label] = str(rule.path)
    for name in config.strategies:
        if name not in names:
            raise RecsysError(f"{config.file} [strategies]: there is no segment '{name}'.{near(name, names)}")

"""What to do about each segment: packaged texts, and what the project file says instead."""

import re
from functools import cache
from typing import Any

from recsys.config import Config
from recsys.errors import RecsysError, near
from recsys.library import Library, bundled
from recsys.model import STRATEGY
from recsys.params import Params, load_toml

FAMILY = "segment"
#: what segment_priorities may name beside segments
SEGMENTATIONS = ("rfm", "rules", "lifecycle", "clusters")
#: what a strategy's `contact` says where its users are to be left in peace
NOBODY = "none"
#: the trait of a cluster that stands out by none
AVERAGE = "average"


@cache
def packaged() -> dict[str, dict[str, str]]:
    """Return {RFM segment or stage of life: its strategy} as sql/segment/strategies.toml says; those of rules stand in their headers."""
    return load_toml(bundled("sql") / FAMILY / "strategies.toml")


@cache
def traits() -> list[dict[str, Any]]:
    """Return what clusters are called that stand out by a feature, one row for each side, as sql/cluster/traits.toml says."""
    return [
        {"name": feature, "is_high": side == "high", "unit": about.get("unit"), **about[side]}
        for feature, about in load_toml(bundled("sql") / "cluster" / "traits.toml").items()
        for side in ("high", "low") if side in about
    ]


def told(config: Config | None) -> list[dict[str, Any]]:
    """Return what is said outside of the rules' headers, the project's own words before the packaged ones."""
    own = config.strategies if config else {}
    silent: dict[str, str] = {}
    return [
        {"segment": name, "is_own": name in own, **{part: (packaged().get(name, silent) | own.get(name, silent)).get(part) for part in STRATEGY}}
        for name in {**packaged(), **own}
    ]


def is_clusters(name: str) -> bool:
    """Could a cluster be called so, in this refresh or another one?"""
    return set(re.sub(r" \(\d+\)$", "", name).lower().split(", ")) <= {trait["words"].lower() for trait in traits()}


def check_strategies(library: Library, config: Config, params: Params) -> None:
    """Check that whatever names a segment or a channel names one that is there, and that no two segments share a name.

    Raises:
        RecsysError: a segment or a channel that is not there, with the near match, or a rule that is called like another segment.
    """
    family = library.families.get(FAMILY)
    if not family:
        return
    names = dict.fromkeys(packaged(), "an RFM segment or a stage of life")
    for rule in library.members(family):
        label = rule.one("label")
        if label in names or is_clusters(label):
            whose = names.get(label, "a cluster")
            raise RecsysError(f"{rule.path}: label: {label} is the name of {whose} already: choose another")
        names[label] = str(rule.path)
    for name in config.strategies:
        if name not in names and not is_clusters(name):
            raise RecsysError(f"{config.file} [strategies]: there is no segment '{name}'.{near(name, names)}")
    for name in _own(params, "campaign.segment_priorities"):
        if name not in (known := (*names, *SEGMENTATIONS)):
            raise RecsysError(f"campaign.segment_priorities: there is no segment or segmentation '{name}'.{near(name, known)}")
    contacts = {f'{config.file} [strategies."{name}"]': parts for name, parts in config.strategies.items()}
    own = [rule for rule in library.members(family) if not rule.path.is_relative_to(library.root)]
    contacts |= {f"{rule.path}": {"contact": rule.one("contact") or NOBODY} for rule in own}
    _check_channels(params, {f"{where}: contact": parts.get("contact", NOBODY) for where, parts in contacts.items()})


def _check_channels(params: Params, contacts: dict[str, str]) -> None:
    """Check the channels of strategies, {where one stands: channels with commas}, and those that parameters name."""
    known = params["campaign.contact_channels"]
    told = {where: [word.strip().lower() for word in words.split(",")] for where, words in contacts.items() if words.strip().lower() != NOBODY}
    told["campaign.contact_caps"] = _own(params, "campaign.contact_caps")
    told["campaign.channels_without_consent"] = params["campaign.channels_without_consent"]
    for where, channels in told.items():
        for channel in channels:
            if channel not in known:
                raise RecsysError(f"{where}: there is no channel '{channel}' in campaign.contact_channels.{near(str(channel), known)}")


def _own(params: Params, key: str) -> list[str]:
    """Return what a project names in a table beside what is named there as it comes."""
    return [name for name in params[key] if name not in params.declared[key].default]

"""Addresses of tables: the same for the same SQL over the same inputs, so that what is there need not be built again."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from recsys.plan import Plan
from recsys.render import render

#: header keys of a model that decide, beside its SQL, what it comes to
TELLING_KEYS = ("keep", "until", "at_most")


@dataclass(frozen=True)
class Planned:
    """What a build will make: a plan, the address of each of its tables, and what is asked for."""

    plan: Plan
    addresses: dict[str, str]
    targets: list[str]

    @property
    def address(self) -> str:
        """The same for every build that comes to the same."""
        return hashed(*(self.addresses[name] for name in self.targets))


def hashed(*parts: str) -> str:
    return sha256("\n\n".join(parts).encode()).hexdigest()


def addresses(plan: Plan, kept: Mapping[str, str] = {}, begun: Mapping[str, str] = {}) -> dict[str, str]:
    """Return {table: its address}: its kind, its SQL, what it has ``begun`` with and the addresses of its inputs.

    Those of ``kept`` have theirs already.
    """
    found: dict[str, str] = {}
    inputs = plan.inputs
    for name, node in plan.nodes.items():
        model = node.model
        keys = [render(text, node.context, model.path) for key in TELLING_KEYS for text in model.keys.get(key, [])]
        made_from = [f"{each} {found[each]}" for each in sorted(inputs[name])]
        found[name] = kept.get(name) or hashed(model.kind, node.sql, begun.get(name, ""), *keys, *made_from)
    return found

"""Whether the data suffice to tell what customers are worth, and for what segments say."""

from collections.abc import Iterator
from typing import Any

from recsys.doctor.finding import Facts, Finding


def value(facts: Facts) -> Iterator[Finding]:
    """The verdicts that a refresh publishes in value_basis and segments, and what a margin needs."""
    rows = facts.rows("from value.requirements order by requirement_no")
    unmet = [row for row in rows if not row["is_met"]]
    missing = [_wanted(row) for row in unmet]
    missing += ["for margins: " + cost for cost in [facts.to_add("items", "unit_cost")] if cost]
    state = "no" if any(row["is_decisive"] for row in unmet) else "partly" if unmet else "ok"
    there = ", ".join(f"{row['requirement']}: {row['found_value']:g}" for row in rows if row["found_value"] is not None)
    yield Finding("customer value and churn", state, there, "; ".join(missing))
    basis = facts.rows("from segment.basis")[0]
    yield Finding("basis of segments", "partly" if basis["basis_reason"] else "ok", f"the data are {basis['basis_verdict']}",
                  basis["basis_reason"] or "")


def _wanted(row: dict[str, Any]) -> str:
    if row["found_value"] is None:
        return f"no {row['requirement']} to be told"
    most = "" if row["at_most_value"] is None else f" to {row['at_most_value']:g}"
    return f"{row['requirement']}: {row['at_least_value']:g}{most or ' or more'}"

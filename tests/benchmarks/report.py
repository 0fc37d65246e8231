"""The table, and the same as JSON with the machine and the versions."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median

from .measure import Measured, Score

HEAD = (
    "work",
    "who",
    "median s",
    "spread",
    "ours / it",
    "at most",
    "CPU s",
    "peak GB",
    "ns / pair row",
    "differs from scipy by",
)
PACKAGES = (
    "duckdb",
    "numpy",
    "scipy",
    "pandas",
    "pyarrow",
    "implicit",
    "similaripy",
    "sparse-dot-topn",
    "scikit-surprise",
)


def table(found: list[Measured], size: str) -> str:
    """Return the Markdown table; bold is what the bound is about, with ✓ or ✗."""
    lines = ["| " + " | ".join(HEAD) + " |", "|" + " --- |" * len(HEAD)]
    for measured in found:
        for score in measured.scores:
            lines.append("| " + " | ".join(_cells(measured, score, size)) + " |")
    return "\n".join(lines)


def _cells(measured: Measured, score: Score, size: str) -> list[str]:
    is_ours = score is measured.ours
    cells = [measured.work.title if is_ours else "", score.who]
    if score.skipped or score.failed and not score.seconds:
        return [
            *cells,
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            score.skipped and f"skipped: {score.skipped}" or f"FAILED: {score.failed}",
        ]
    per_row = f"{score.median / measured.pair_rows * 1e9:.1f}" if measured.pair_rows else ""
    return [
        *cells,
        f"{score.median:.2f}",
        f"{score.spread:.0%}",
        _ratio(measured, score),
        _bound(measured, score, size),
        f"{median(score.cpu_seconds):.1f}",
        f"{max(score.peak_bytes) / 1e9:.2f}",
        per_row,
        _agreement(score),
    ]


def _ratio(measured: Measured, score: Score) -> str:
    if score is measured.ours or not measured.ours.seconds:
        return ""
    ratio = f"{measured.ours.median / score.median:.2f}"
    if score is not measured.peer:
        return ratio
    noisy = {True: "", False: " (not quiet)", None: " (one run)"}[measured.is_quiet]
    return f"**{ratio}**{noisy}"


def _bound(measured: Measured, score: Score, size: str) -> str:
    """The bound stands beside the peer that it is about, limits of time and memory beside ours."""
    work = measured.work
    if score is measured.ours and work.limits:
        is_met = score.median <= work.limits["seconds"] and max(score.peak_bytes) <= work.limits["peak_bytes"]
        return f"{work.limits['seconds']} s, {work.limits['peak_bytes'] / 1e9:g} GB {'✓' if is_met else '✗'}"
    if score is measured.peer and size in work.at_most and measured.ratio is not None:
        return f"{work.at_most[size]:g} {'✓' if measured.ratio <= work.at_most[size] else '✗'}"
    return ""


def _agreement(score: Score) -> str:
    if score.failed:
        return f"FAILED: {score.failed}"
    if score.checked is None:
        return ""
    return f"{score.largest_error:.0e} ({score.checked:,} rows)"


def as_json(found: list[Measured], size: str) -> list[dict]:
    return [
        {
            "work": measured.work.name,
            "title": measured.work.title,
            "pair_rows": measured.pair_rows,
            "peer": measured.peer.who if measured.peer else None,
            "ratio": measured.ratio,
            "at_most": measured.work.at_most.get(size),
            "limits": measured.work.limits,
            "is_quiet": measured.is_quiet,
            "contestants": [
                {**vars(score), "median_seconds": score.median, "spread": score.spread}
                for score in measured.scores
            ],
        }
        for measured in found
    ]


def machine() -> dict:
    """Return cores, processor, memory and system."""
    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "processor": _processor(),
        "memory_bytes": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"),
        "system": f"{platform.system()} {platform.machine()}",
    }


def _processor() -> str:
    about = Path("/proc/cpuinfo")
    lines = about.read_text(encoding="utf-8").splitlines() if about.exists() else []
    return next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")),
        platform.processor(),
    )


def versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found

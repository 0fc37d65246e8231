"""Numbers as people write them."""

import re

from recsys.errors import RecsysError


def number(value: float) -> str:
    return f"{value:,.0f}"


def large(value: int) -> str:
    """Write 187,423,616 as 187 million."""
    for size_of, word in ((10**12, "trillion"), (10**9, "billion"), (10**6, "million")):
        if value >= size_of:
            return f"{value / size_of:,.{0 if value >= 10 * size_of else 1}f} {word}"
    return number(value)


def percent(part: float, whole: float = 1) -> str:
    share = part / whole if whole else 0.0
    return "under 1%" if 0 < share < 0.01 else "over 99%" if 0.99 < share < 1 else f"{share:.0%}"


def counted(value: int, one: str, many: str | None = None) -> str:
    """Write "1 order", "2 orders"."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def duration(seconds: float) -> str:
    """Write a time as one would say it."""
    if seconds < 1:
        return "a second"
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"


def size(count: float) -> str:
    """Write bytes as MB or GB."""
    return f"{count / 2**30:.1f} GB" if count >= 2**30 else f"{count / 2**20:.0f} MB"


def seconds_of(text: str) -> float:
    """Read a time such as 90s, 30m or 2h.

    Raises:
        RecsysError: it is none.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?) ?([smh])", text.strip())
    if not found:
        raise RecsysError(f"A time is written 90s, 30m or 2h, not '{text}'")
    return float(found[1]) * {"s": 1, "m": 60, "h": 3600}[found[2]]

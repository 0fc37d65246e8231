"""The one exception a user ever sees, and the near match that most of its messages end with."""

from collections.abc import Iterable
from difflib import get_close_matches


class RecsysError(Exception):
    """Something the user can mend. The message names the file, the place and what to do."""


def near(word: str, choices: Iterable[str]) -> str:
    """Return " Did you mean 'x'?" for the closest of ``choices``, else the short list of them, else ""."""
    names = sorted({str(choice) for choice in choices})
    matches = get_close_matches(str(word).lower(), [name.lower() for name in names], n=1, cutoff=0.6)
    if matches:
        return f" Did you mean '{next(name for name in names if name.lower() == matches[0])}'?"
    if not names:
        return ""
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return f" Known: {shown}."

"""The one exception a user ever sees, and what its messages quote and end with: the reason, the near match."""

import re
from collections.abc import Iterable
from difflib import get_close_matches


class RecsysError(Exception):
    """Something the user can mend. The message names the file, the place and what to do."""


def reason(error: Exception) -> str:
    """Return the first line of what DuckDB or the system says, without the kind of error before it."""
    first = str(error).strip().split("\n")[0]
    return re.sub(r"^([A-Z][\w ]*? Error:|\[Errno \d+\]) ?", "", first)


def near(word: str, choices: Iterable[str]) -> str:
    """Return " Did you mean 'x'?" for the closest of ``choices``, else the short list of them, else "".

    A word without a dot may also mean the last part of `folder.name`.
    """
    names = sorted({str(choice) for choice in choices})
    spoken = {name.lower().rpartition(".")[2]: name for name in names} if "." not in str(word) else {}
    spoken |= {name.lower(): name for name in names}
    if matches := get_close_matches(str(word).lower(), spoken, n=1, cutoff=0.6):
        return f" Did you mean '{spoken[matches[0]]}'?"
    if not names:
        return ""
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return f" Known: {shown}."

"""Exports recognised by their layout. Adding one is adding a file here with ``recognise(export)``.

``recognise`` returns the sources that an export of this layout makes, an empty list when it holds nothing
of use (and says so in no source), or None when the export is something else.
"""

from importlib import import_module
from pkgutil import iter_modules

from recsys.init.layouts.movielens import HEADERLESS
from recsys.init.model import Export, Source

__all__ = ["HEADERLESS", "recognise"]


def recognise(export: Export) -> list[Source] | None:
    """Return what the first layout that knows this export makes of it."""
    for module in sorted(each.name for each in iter_modules(__path__)):
        found = import_module(f"{__name__}.{module}").recognise(export)
        if found is not None:
            return found
    return None

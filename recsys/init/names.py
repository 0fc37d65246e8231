"""Reads column and file names: in one spelling, against the words that shops use."""

import re
import unicodedata

from recsys.init import words
from recsys.init.model import Export

UNIT = re.compile(r"\s*[(\[{]\s*([^()\[\]{}]*?)\s*[)\]}]\s*$")


def plain(name: str) -> str:
    """Return a name in lower case without accents, its parts joined by one underscore."""
    name = name.replace("ß", "ss").replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    name = name.replace("Ä", "Ae").replace("Ö", "Oe").replace("Ü", "Ue").replace("°", "o")
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", ascii_name)
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")


def without_unit(name: str) -> str:
    """Return a name without the unit in brackets at its end: "Preis (EUR)" is a Preis."""
    return UNIT.sub("", name) or name


def currency_in(name: str) -> str | None:
    """Return the currency that a name ends in, in brackets."""
    found = UNIT.search(name)
    unit = found[1].upper() if found else ""
    return unit if unit in words.CURRENCY_CODES else words.CURRENCY_SIGNS.get(unit)


def is_written(name: str) -> bool:
    """Whether a time is that of the export rather than of what happened."""
    return not {*plain(name).split("_")}.isdisjoint(words.WRITTEN)


def ranked(export: Export, names: list[str], *, nested: bool = False) -> list[str]:
    """Return the columns that go by one of ``names``, the strongest first.

    Exactly so called comes before the same without underscores, and that before a longer name that
    ends in one of several parts ("shop_customer_id"). Records and lists go by no name unless ``nested``.
    """
    found: dict[str, tuple[int, int]] = {}
    for column in export.columns.values():
        if column.is_nested and not nested:
            continue
        called = plain(without_unit(column.name))
        for at, name in enumerate(names):
            if called == name:
                level = 0
            elif called.replace("_", "") == name.replace("_", ""):
                level = 1
            elif "_" in name and called.endswith(f"_{name}"):
                level = 2
            else:
                continue
            if column.filled > 0:
                found[column.name] = min(found.get(column.name, (9, 0)), (level, at))
    return sorted(found, key=lambda name: found[name])


def file_kind(export: Export, vocabulary: dict[str, list[str]]) -> str | None:
    """Return what the file's name says, by its last telling word."""
    parts = plain(export.stem).split("_")
    for part in reversed(parts):
        for kind, names in vocabulary.items():
            if part in names:
                return kind
    return None


def is_unique(export: Export, column: str) -> bool:
    """Whether a column has about as many values as there are rows (the count is an estimate)."""
    found = export.columns.get(column)
    return found is not None and found.distinct >= 0.85 * export.rows and found.filled > 0.99

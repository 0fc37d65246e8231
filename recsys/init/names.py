"""Reads column and file names: in one spelling, against the words that shops use."""

import re
import unicodedata

from recsys.init.model import Export


def plain(name: str) -> str:
    """Return a name in lower case without accents, its parts joined by one underscore."""
    name = name.replace("ß", "ss").replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    name = name.replace("Ä", "Ae").replace("Ö", "Oe").replace("Ü", "Ue").replace("°", "o")
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", ascii_name)
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")


def ranked(export: Export, names: list[str]) -> list[str]:
    """Return the columns that go by one of ``names``, the strongest first.

    Exactly so called comes before the same without underscores, and that before a longer name that
    ends in one of several parts ("shop_customer_id").
    """
    found: dict[str, tuple[int, int]] = {}
    for column in export.columns.values():
        called = plain(column.name)
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
    return export.columns[column].distinct >= 0.85 * export.rows and export.columns[column].filled > 0.99

"""Which columns of an export go by a canonical name: by words, and for records by a field within."""

from recsys.init import words
from recsys.init.model import Column, Export, ident
from recsys.init.names import is_written, plain, ranked

IDS = ("user_id", "item_id", "order_id")


def fits(column: Column, holds: str) -> bool:
    """Whether a column holds what a canonical column needs."""
    if holds == "number":
        return column.number > 0.5
    if holds == "time":
        return column.date is not None
    return True


def named(export: Export, canonical: str, own: list[str] | None = None) -> list[str]:
    """Return the columns that go by a canonical name, the strongest first."""
    found = ranked(export, words.NAMES[canonical] + (own or []), nested=canonical == "tags")
    if canonical == "event_type":
        return [name for name in found if plain(name) not in words.WEAK_EVENTS or tells_events(export, name)]
    if canonical in ("occurred_at", "ordered_at"):
        return [name for name in found if not is_written(name)]
    return found


def tells_events(export: Export, name: str) -> bool:
    """Whether a column's values are known events."""
    known = {word for event in words.EVENTS.values() for word in event}
    values = export.columns[name].values
    return len(values) <= 100 and any(plain(value) in known for value in values)


def inside(export: Export, canonical: str) -> str | None:
    """Return the field of a record that is the id, as an SQL expression such as ``user.id``."""
    for name in ranked(export, words.NAMES[canonical], nested=True):
        if not export.columns[name].type.startswith("STRUCT") or export.columns[name].type.endswith("]"):
            continue
        rows = export.query(f"describe select {ident(name)}.* from {export.sample}")
        fields = {plain(row[0]): row[0] for row in rows if not Column(row[0], row[1]).is_nested}
        for word in ["id", *words.NAMES[canonical], "key", "code", "number", "nr", "no"]:
            if word in fields:
                return f"{ident(name)}.{ident(fields[word])}"
    return None


def gives_back(export: Export) -> bool:
    """Whether an export is of refunds: by its file's name, or by a number of each return."""
    parts = plain(export.stem).split("_")
    mixed = {"and", "with", "und", "mit", "inkl", "incl", "et", "y"}
    if set(words.GIVEN_BACK) & set(parts) and not mixed & set(parts):
        return True
    numbers = ranked(export, words.NAMES["refund_number"])
    return bool(numbers) and export.columns[numbers[0]].filled > 0.99


def original_orders(export: Export) -> list[str]:
    """Return the columns of a refund that name the order it belongs to, the clearest first."""
    clear = ranked(export, words.NAMES["original_order_id"])
    return list(dict.fromkeys([*clear, *named(export, "order_id")]))

"""Times and amounts that no name gave away: taken where only one column can be it, else asked for."""

from recsys.init import words
from recsys.init.model import Source
from recsys.init.names import currency_in, is_written, ranked

WHEN = {"interactions": "occurred_at", "orders": "ordered_at"}


def sells(source: Source) -> bool:
    """Whether the rows are purchases or refunds."""
    event = source.constants.get("event_type", "")
    return source.kind == "interactions" and (event in ("purchase", "refund"))


def times(source: Source) -> list[str]:
    """Return the unmapped columns that hold times at which something may have happened."""
    return [
        name
        for name, column in source.export.columns.items()
        if column.date not in (None, "epoch")
        and column.filled > 0
        and name not in source.columns.values()
        and not is_written(name)
    ]


def amounts(source: Source) -> list[str]:
    """Return the unmapped columns of numbers that may be money, those with a currency or decimals first."""
    export = source.export
    other = {
        *source.columns.values(),
        *(name for names in source.candidates.values() for name in names),
        *ranked(export, words.LINE_KEYS + words.PERSONAL),
    }
    numbers = [
        name
        for name, column in export.columns.items()
        if column.number > 0.9 and not column.date and column.distinct > 1 and name not in other
    ]
    money = [
        name
        for name in numbers
        if currency_in(name) or any(set(".,") & set(value) for value in export.columns[name].values)
    ]
    return money or numbers


def take_times(sources: list[Source]) -> None:
    """Map the only column of times where none was found by its name.

    Lines without a user take their time from their order, where there are orders.
    """
    for source in sources:
        when = WHEN.get(source.kind)
        if source.recognised or when is None or when in source.columns or in_orders(source, sources):
            continue
        found = times(source)
        if len(found) == 1:
            source.columns[when] = found[0]
            source.why[when] = "the only column with times"


def in_orders(source: Source, sources: list[Source]) -> bool:
    """Whether a source is lines of orders that stand in another source."""
    return (
        source.kind == "interactions"
        and "order_id" in source.columns
        and "user_id" not in source.columns
        and any(each.kind == "orders" for each in sources)
    )


def ask(source: Source, sources: list[Source]) -> list[str]:
    """Note what purchases lack, and return it as sentences."""
    if source.recognised or source.query or not sells(source):
        return []
    if "occurred_at" not in source.columns and not in_orders(source, sources):
        source.missing["occurred_at"] = times(source)
    if not {"line_amount", "unit_price"} & set(source.columns):
        source.missing["line_amount"] = amounts(source)
    called = {"occurred_at": "time", "line_amount": "amount"}
    return [
        f"{source.name}: no {called[name]} found (candidates: {', '.join(candidates) or 'none'})"
        for name, candidates in source.missing.items()
    ]

"""What happened in a row, by column, by file name or by what else is there; and what was no sale."""

from recsys.init import words
from recsys.init.model import Source, ident, literal
from recsys.init.names import plain, ranked


def add_events(source: Source, by_file: str | None) -> None:
    """Map event_type to the names used here, or say it as a constant."""
    export, column = source.export, source.columns.get("event_type")
    if column:
        values = export.columns[column].values
        known = {
            value: event for value in values for event, names in words.EVENTS.items() if plain(value) in names
        }
        if not known or len(values) > 100:
            del source.columns["event_type"]
            column = None
        elif any(value != event for value, event in known.items()):
            cases = " ".join(f"when {literal(v)} then {literal(e)}" for v, e in known.items() if v != e)
            source.columns["event_type"] = f"case {ident(column)} {cases} else {ident(column)} end"
        if known:
            other = sorted(set(values) - set(known))
            if other and column:
                source.doubts.append(
                    f"{export.label}: the events {', '.join(other[:8])} keep their names. "
                    f"They count as activity only, unless {column} is mapped to view_item, add_to_cart, "
                    "purchase, refund or rating."
                )
            return
    mapped = source.columns
    if "rating" in mapped and not {"line_amount", "unit_price", "order_id", "quantity"} & set(mapped):
        event = "rating"
    elif {"line_amount", "unit_price", "order_id", "original_order_id"} & set(mapped):
        event = "refund" if by_file == "refund" else "purchase"
    elif by_file:
        event = by_file
    else:
        event = "purchase" if "quantity" in mapped else "view_item"
        source.doubts.append(
            f"{export.label}: nothing says what its rows are; {event} is assumed. "
            "Correct event_type under its constants if it is something else."
        )
    source.constants["event_type"] = event


def add_status(source: Source) -> None:
    """Leave out what was cancelled, by the words of a status column."""
    export = source.export
    found = ranked(export, words.NAMES["status"])
    if not found:
        return
    values = export.columns[found[0]].values
    lost = [value for value in values if plain(value) in words.NOT_SALES]
    if lost and source.kind == "orders":
        # Without its order a line would lose its customer and still count.
        source.doubts.append(
            f"{export.label}: {found[0]} is {', '.join(lost)} for some orders. Lines of such orders "
            "still count: leave them out by `where` in the source of the lines, if they were not sold."
        )
    elif lost and len(values) <= 100:
        source.where = f"coalesce({ident(found[0])}, '') not in ({', '.join(map(literal, lost))})"
        source.notes.append(
            f"`where` leaves out what {found[0]} calls {', '.join(lost)}; its other values: "
            + (", ".join(value for value in values if value not in lost)[:200] or "none")
        )

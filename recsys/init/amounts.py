"""Which columns are money: price or total, before or after the discount. Tried out on the values."""

from recsys.init import words
from recsys.init.model import Export, Source, ident
from recsys.init.names import ranked

NO_TELLING = (
    "{file}: {columns} looks like a discount, but whether {amount} stands before or after it cannot be told. "
    "It is left out: amounts count as they stand. If it is still to be taken off, map discount_amount."
)


def numeric(export: Export, canonical: str) -> list[str]:
    """Return the columns of numbers that go by a canonical name."""
    return [name for name in ranked(export, words.NAMES[canonical]) if export.columns[name].number > 0.5]


def add_amounts(source: Source) -> None:
    """Map line_amount or unit_price, discount and tax; what cannot be told is said in ``doubts``."""
    export, columns = source.export, source.columns
    taken = set(columns.values())
    prices, totals, discounts, taxes = (
        [name for name in numeric(export, canonical) if name not in taken]
        for canonical in ("unit_price", "line_amount", "discount_amount", "tax_amount")
    )
    discounts += [
        name
        for name in export.columns
        if name not in (*discounts, *taken) and "disc" in name.lower() and export.columns[name].number > 0.5
    ]
    quantity = columns.get("quantity")
    if taxes:
        columns["tax_amount"] = taxes[0]
    if prices and totals and quantity:
        product = f"{export.number(quantity)} * {export.number(prices[0])}"
        total = export.number(totals[0])
        before = share_of(source, f"abs({total} - {product}) < 0.02")
        after = (
            share_of(source, f"abs({total} - ({product} - abs({export.number(discounts[0])}))) < 0.02")
            if discounts
            else 0
        )
        if after > max(0.9, before):
            columns["unit_price"] = prices[0]
            source.why["unit_price"] = f"{totals[0]} is {quantity} * {prices[0]} less {discounts[0]}"
        elif before > 0.9:
            columns["line_amount"] = totals[0]
            source.why["line_amount"] = f"it is {quantity} * {prices[0]}"
        else:
            columns["line_amount"] = totals[0]
            doubt(source, discounts, totals[0])
            return
    elif prices:
        columns["unit_price"] = prices[0]
    elif totals:
        columns["line_amount"] = totals[0]
        doubt(source, discounts, totals[0])
        return
    if discounts and (prices or totals):
        name = discounts[0]
        negative = (
            share_of(source, f"{export.number(name)} <= 0") == 1
            and share_of(source, f"{export.number(name)} < 0") > 0
        )
        columns["discount_amount"] = f"-1 * {ident(name)}" if negative else name
        if negative:
            source.why["discount_amount"] = "it stands there with a minus"


def doubt(source: Source, discounts: list[str], amount: str) -> None:
    """Say that discounts are left out and why."""
    if discounts:
        names = ", ".join(discounts)
        source.doubts.append(NO_TELLING.format(file=source.export.label, columns=names, amount=amount))


def share_of(source: Source, predicate: str) -> float:
    """Return the share of the sample's rows, as far as the predicate is known, for which it holds."""
    sql = f"select avg(cast({predicate} as integer)) from {source.export.sample}"
    return source.export.query(sql)[0][0] or 0.0

"""What holds for the whole project: time zone, currency, and whether amounts include tax."""

from collections import Counter

from recsys.init.model import Source, ident
from recsys.init.names import currency_in

MONEY = ("line_amount", "unit_price", "order_total_amount", "list_price", "unit_cost")


def units(source: Source) -> list[str]:
    """Return the currencies that the names of its mapped amounts end in."""
    found = [currency_in(source.columns[name]) for name in MONEY if name in source.columns]
    return [unit for unit in found if unit and not source.currency]


def project_settings(sources: list[Source], unsure: list[str]) -> tuple[dict[str, tuple[object, str]], list[str]]:
    """Return {setting: (value, why)} and the currencies that need a rate."""
    settings: dict[str, tuple[object, str]] = {}
    currencies: Counter[str] = Counter()
    for source in sources:
        for key, value in source.settings.items():
            settings.setdefault(key, (value, f"usual for {source.recognised}"))
        for key, sql in source.measured.items():
            value = source.export.query(f"select {sql} from {source.export.sample}")[0][0]
            if value is not None:
                settings.setdefault(key, (bool(value), f"as the sums in {source.export.label} say"))
        column = source.currency
        if column and source.kind in ("interactions", "orders"):
            rows = source.export.query(
                f"select upper(trim({ident(column)}::varchar)), count(*) from {source.export.relation} "
                f"where {ident(column)} is not null group by 1"
            )
            if len(rows) > 1 and source.kind == "interactions":
                source.columns["currency"] = column
            currencies.update(dict(rows))
        elif source.kind in ("interactions", "orders"):
            currencies.update(dict.fromkeys(units(source)[:1], source.export.rows))
    if not currencies:  # a list of prices is the weaker sign
        currencies.update(unit for source in sources for unit in units(source)[:1])
    if currencies:
        main = currencies.most_common(1)[0][0]
        settings["currency"] = (
            main,
            "the most frequent in the files" if len(currencies) > 1 else "as the files say",
        )
        for source in sources:
            unit = units(source)[:1]
            if source.kind == "interactions" and "currency" not in source.columns and unit not in ([], [main]):
                source.constants["currency"] = unit[0]
    others = [name for name in currencies if name != settings["currency"][0]]
    if others:
        unsure.append(
            f"Amounts are in several currencies: give the rates of {', '.join(others)} in [[exchange_rates]]."
        )
    money = any({"line_amount", "unit_price"} & set(source.columns) for source in sources)
    for key, value, why in [
        ("timezone", "UTC", "local days and hours; times without offset are taken as local"),
        ("currency", "EUR", "reporting currency"),
        ("amounts_include_tax", True, "whether amounts include tax"),
    ]:
        if key not in settings:
            settings[key] = (value, f"{why}; assumed")
            if money or key == "timezone":
                unsure.append(
                    f"{key} = {str(value).lower() if value is True else value} is assumed: no file says it."
                )
    order = ["timezone", "currency", "amounts_include_tax"]
    return {key: settings[key] for key in order}, others

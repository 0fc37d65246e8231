"""Ids that a data frame or a spreadsheet has turned into decimals: 17850 became 17850.0 because some cell was empty."""

import re

from recsys.init.model import Source, ident


def whole(name: str) -> str:
    """Return a column's values as text in SQL, without the decimals of a whole number."""
    return f"regexp_replace({ident(name)}::varchar, '\\.0$', '')"


def take_whole(sources: list[Source]) -> None:
    """Map ids as whole numbers where every value of the sample is one with ``.0`` behind it."""
    for source in sources:
        for name, text in source.columns.items():
            column = source.export.columns.get(text)
            if name.endswith("_id") and column and column.values and all(re.fullmatch(r"-?\d+\.0", each) for each in column.values):
                source.columns[name] = whole(text)
                source.why[name] = f"written as {column.values[0]} there"

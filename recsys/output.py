"""Data to stdout, in the form asked for: a table for people, json or csv for programs.

Pandas is imported where it is needed only: a refresh does without.
"""

import datetime as dt
import json
import sys
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    import pandas as pd


class Format(StrEnum):
    table = "table"
    json = "json"
    csv = "csv"


def emit(frame: "pd.DataFrame", form: Format = Format.table, title: str | None = None) -> None:
    """Print a DataFrame; json is one array of objects with dates and times as exports have them, csv has a header."""
    if form is Format.json:
        sys.stdout.write(_as_exported(frame).to_json(orient="records", date_format="iso", force_ascii=False, indent=1) + "\n")
    elif form is Format.csv:
        frame.to_csv(sys.stdout, index=False)
    else:
        console = Console() if sys.stdout.isatty() else Console(width=120)
        console.print(_table(frame, title, console.width))


def emit_parts(parts: "list[tuple[str, pd.DataFrame]]", form: Format) -> None:
    """Print several titled DataFrames; json is one object with an array for each title, csv parts them by a blank line."""
    if form is Format.json:
        found = {title: json.loads(_as_exported(frame).to_json(orient="records", date_format="iso")) for title, frame in parts}
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
        return
    for number, (title, frame) in enumerate(parts):
        sys.stdout.write("\n" if number else "")
        emit(frame, form, title)


def _as_exported(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Write dates and times as an export has them; a column with nothing but midnights is one of dates, unless it is called _at."""
    import pandas as pd

    written = {}
    for name, values in frame.items():
        if pd.api.types.is_datetime64_any_dtype(values):
            is_time = str(name).endswith("_at") or (values.dropna() != values.dropna().dt.normalize()).any()
            written[name] = values.map(lambda value, is_time=is_time: _iso(value if is_time else value.date()), "ignore").astype(object)
        elif values.dtype == object:
            written[name] = values.map(_plain)
    return frame.assign(**written)


def _plain(value: object) -> object:
    import pandas as pd

    if isinstance(value, Decimal):
        return float(value)
    return _iso(value) if isinstance(value, dt.date) and pd.notna(value) else value


def _iso(value: dt.date) -> str:
    """Write it as the database does: a space before the time, no zeros behind a fraction of a second, the zone's hours."""
    text, dot, rest = str(value).partition(".")
    zone = "+00" if getattr(value, "tzinfo", None) else ""
    return (text + f"{dot}{rest.partition('+')[0].rstrip('0')}").removesuffix("+00:00") + zone


def _table(frame: "pd.DataFrame", title: str | None, width: int) -> Table:
    """A table no wider than ``width``: what does not fit is named in its caption, nothing is squeezed."""
    import pandas as pd

    table = Table(
        title=title, title_justify="left", title_style="bold", header_style="bold", pad_edge=False, box=None,
        caption_justify="left",
    )
    written = {name: [written_cell(name, value) for value in frame[name]] for name in frame.columns}
    shown, taken = [], 0
    for name, cells in written.items():
        numeric = _is_numeric(frame[name])
        is_text = not (numeric or pd.api.types.is_bool_dtype(frame[name]) or pd.api.types.is_datetime64_any_dtype(frame[name]))
        longest = max([len(name), *(min(len(cell), 24) if is_text else len(cell) for cell in cells)])
        taken += longest + 2
        if taken - 2 > width and shown:
            break
        shown.append(name)
        table.add_column(
            Text(str(name)), justify="right" if numeric else "left", overflow="fold", no_wrap=not is_text, min_width=len(name),
        )
    if len(shown) < len(written):
        table.caption = f"{len(written) - len(shown)} more columns: {', '.join(list(written)[len(shown):])}; --format csv has all"
    for row in zip(*(written[name] for name in shown), strict=True):
        table.add_row(*map(Text, row))
    return table


def _is_numeric(values: "pd.Series") -> bool:
    import pandas as pd

    if values.dtype == object:
        return not values.empty and values.map(lambda value: isinstance(value, Decimal)).all()
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def written_cell(name: str, value: object) -> str:
    """Write a value for people, by what its column's name says of it: amounts to the cent, shares in percent."""
    import pandas as pd

    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case pd.Timestamp() if pd.notna(value):
            return f"{value:%Y-%m-%d}" if value == value.normalize() else f"{value:%Y-%m-%d %H:%M}"
        case dt.datetime() | dt.date() if pd.notna(value):
            return str(value)
        case float() | int() | Decimal() if pd.notna(value):
            return _number(name, value)
    return "" if pd.api.types.is_scalar(value) and pd.isna(value) else str(value)


def _number(name: str, value: float | Decimal) -> str:
    if name.endswith(("_share", "_ratio")):
        return f"{100 * value:.1f} %"
    if name.endswith("_amount") or isinstance(value, Decimal) and value.as_tuple().exponent == -2:
        return f"{value:,.2f}"
    if name.endswith(("_no", "_id", "rank")) or value == int(value) and not isinstance(value, Decimal):
        return f"{int(value):,}" if not name.endswith(("_id", "_no")) else str(int(value))
    return f"{value:,.2f}" if abs(value) >= 100 else f"{value:.4g}"

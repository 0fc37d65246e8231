"""Data to stdout, in the form asked for: a table for people, json or csv for programs."""

import sys
from enum import StrEnum

import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text


class Format(StrEnum):
    table = "table"
    json = "json"
    csv = "csv"


def emit(frame: pd.DataFrame, form: Format = Format.table, title: str | None = None) -> None:
    """Print a DataFrame; json is one array of objects with ISO dates, csv has a header."""
    if form is Format.json:
        sys.stdout.write(frame.to_json(orient="records", date_format="iso", force_ascii=False, indent=1) + "\n")
    elif form is Format.csv:
        frame.to_csv(sys.stdout, index=False)
    else:
        Console().print(_table(frame, title))


def _table(frame: pd.DataFrame, title: str | None) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold", pad_edge=False, box=None)
    for name in frame.columns:
        numeric = pd.api.types.is_numeric_dtype(frame[name]) and not pd.api.types.is_bool_dtype(frame[name])
        table.add_column(Text(str(name)), justify="right" if numeric else "left", overflow="fold")
    for row in frame.itertuples(index=False):
        table.add_row(*(Text(cell(value)) for value in row))
    return table


def cell(value: object) -> str:
    """Write a value for people: no NaN, no time of day where it is midnight, thousands parted."""
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}" if value == value.normalize() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, float):
        return f"{value:,.2f}" if abs(value) >= 100 or value == round(value, 2) else f"{value:.4f}"
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)

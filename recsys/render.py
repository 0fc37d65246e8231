"""Jinja renders values, never logic: each value becomes a correctly quoted SQL literal."""

import datetime as dt
import math
from decimal import Decimal
from functools import cache
from typing import Any

import duckdb
import jinja2
from markupsafe import Markup

from recsys.errors import RecsysError, near


class Identifier(str):
    """A name that the runner passes in (a member's table, an attribute's column); dots part its pieces."""


class Column(str):
    """One column's name: like Identifier, but a dot inside it is a character like any other."""


class Expression(str):
    """SQL that the runner passes in: a member's formula, what the project file says of a column."""


class Words(str):
    """Text for inside a `--` comment."""


def quoted(name: str) -> str:
    """Return ``name`` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


@cache
def _reserved() -> frozenset[str]:
    with duckdb.connect() as con:
        words = con.execute("select keyword_name from duckdb_keywords() where keyword_category = 'reserved'").fetchall()
    return frozenset(word for (word,) in words)


def is_reserved(name: str) -> bool:
    """Is it a word that SQL keeps to itself, so that as a name it would need quotes?"""
    return name.lower() in _reserved()


def _plain_or_quoted(name: str) -> str:
    return name if name.isidentifier() and not is_reserved(name) else quoted(name)


def literal(value: Any) -> Markup:
    """Return ``value`` as SQL.

    Raises:
        RecsysError: a value that SQL has no literal for (NaN, an unknown type).
    """
    return Markup(_sql(value))


def _sql(value: Any) -> str:
    match value:
        case jinja2.Undefined():
            return str(value)  # StrictUndefined raises here, with the name
        case Identifier():
            return ".".join(map(_plain_or_quoted, value.split(".")))
        case Column():
            return quoted(value)
        case Expression():
            return str(value)
        case Words():
            return " ".join(value.split())
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | Decimal():
            return str(value)
        case float() if math.isfinite(value):
            return repr(value)
        case str():
            return "'" + value.replace("'", "''") + "'"
        case dt.datetime():
            return f"timestamp '{value:%Y-%m-%d %H:%M:%S.%f}'"
        case dt.date():
            return f"date '{value:%Y-%m-%d}'"
        case list() | tuple() if value:
            return "[" + ", ".join(_sql(item) for item in value) + "]"
        case list() | tuple():
            return "cast([] as varchar[])"
        case dict():
            return "map {" + ", ".join(f"{_sql(str(k))}: {_sql(v)}" for k, v in value.items()) + "}"
    raise RecsysError(f"{value!r} cannot be written as SQL")


_ENVIRONMENT = jinja2.Environment(
    autoescape=True,
    finalize=literal,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


@cache
def _compiled(template: str) -> jinja2.Template:
    """A tiled model is rendered once per tile."""
    return _ENVIRONMENT.from_string(template)


def render(template: str, context: dict[str, Any], where: object) -> str:
    """Return the SQL of ``template``; ``where`` names the file in errors.

    Raises:
        RecsysError: an unknown parameter (with the near match) or a template that does not parse.
    """
    if "{" not in template:  # plain SQL
        return template
    try:
        return _compiled(template).render(context)
    except jinja2.UndefinedError as error:
        name = str(error).split("'")[-2] if "'" in str(error) else str(error)
        raise RecsysError(f"{where}: '{name}' is no parameter here.{near(name, context)}") from None
    except jinja2.TemplateError as error:
        raise RecsysError(f"{where}: the template does not parse: {error}") from None

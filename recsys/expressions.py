"""What a project file says of a column: a column's name, or an SQL expression over the source's columns."""

import re
from typing import Any

from recsys.errors import RecsysError
from recsys.graph import parse
from recsys.render import literal, quoted

_ARITHMETIC = {"+", "-", "*", "/", "//", "%", "**", "^"}
_NUMERIC = {"abs", "round", "floor", "ceil", "ceiling", "sum", "sign", "sqrt", "trunc", "greatest", "least"}
_NUMBERS = {"INTEGER", "BIGINT", "HUGEINT", "DECIMAL", "DOUBLE", "FLOAT", "SMALLINT", "TINYINT", "REAL", "NUMBER"}


def resolve(text: str, types: dict[str, str], decimal_mark: str, where: str) -> str:
    """Return SQL for ``text``: a column as it is called, whatever its characters, else an expression.

    In expressions a text column that is reckoned with or compared with a number is read as a number,
    because the columns of a csv are all text.

    Args:
        types: {column: type} of the source.

    Raises:
        RecsysError: the expression does not parse.
    """
    by_lower = {name.lower(): name for name in types}
    name = text if text in types else by_lower.get(text.strip().lower())
    if name is not None:
        return quoted(name)
    return numbers_read(text, types, decimal_mark, where)


def numbers_read(expression: str, types: dict[str, str], decimal_mark: str, where: str) -> str:
    """Return ``expression`` with `text_to_number(column)` for each text column used as a number."""
    prefix = "select "
    sql = (prefix + expression).encode()
    text_columns = {name.lower() for name, kind in types.items() if kind == "VARCHAR"}
    places: set[int] = set()

    def is_column(node: Any) -> bool:
        return node.get("class") == "COLUMN_REF" and node["column_names"][-1].lower() in text_columns

    def is_number(node: Any) -> bool:
        if node.get("class") == "CONSTANT":
            kind = (node.get("literal") or {}).get("kind") or node["value"]["type"]["id"]
            return kind.upper() in _NUMBERS
        return node.get("function_name", "") in _ARITHMETIC | _NUMERIC

    def walk(node: Any) -> None:
        if isinstance(node, list):
            for item in node:
                walk(item)
        if not isinstance(node, dict):
            return
        operands = _operands(node)
        reckoned = node.get("function_name", "").lower() in _ARITHMETIC | _NUMERIC
        compared = node.get("class") in ("COMPARISON", "BETWEEN") or node.get("type") in ("COMPARE_IN", "COMPARE_NOT_IN")
        fitting = all(is_column(item) or is_number(item) for item in operands)
        if fitting and (reckoned or compared and any(map(is_number, operands))):
            places.update(item["query_location"] for item in operands if is_column(item))
        for value in node.values():
            walk(value)

    walk(parse(sql.decode(), f"{where}: '{expression}'"))
    for place in sorted(places, reverse=True):
        reference = re.match(rb'(?:"(?:[^"]|"")*"|[\w\x80-\xff]+)(?:\s*\.\s*(?:"(?:[^"]|"")*"|[\w\x80-\xff]+))*', sql[place:])[0]
        call = b"text_to_number(" + reference + b", " + literal(decimal_mark).encode() + b")"
        sql = sql[:place] + call + sql[place + len(reference):]
    return "(" + sql.decode()[len(prefix):] + ")"


def _operands(node: dict[str, Any]) -> list[dict[str, Any]]:
    """The operands of a function, comparison, between or in; versions of DuckDB name them differently."""
    found = [item.get("expression", item) for item in node.get("arguments") or []]
    found += node.get("children") or []
    found += [node[key] for key in ("left", "right", "input", "lower", "upper") if isinstance(node.get(key), dict)]
    return [item for item in found if "class" in item]


def columns_named(expression: str, where: str) -> set[str]:
    """Return the columns that an expression names (for errors that suggest the near match)."""
    found: set[str] = set()

    def walk(node: Any) -> None:
        if isinstance(node, list):
            for item in node:
                walk(item)
        elif isinstance(node, dict):
            if node.get("class") == "COLUMN_REF":
                found.add(node["column_names"][-1])
            for value in node.values():
                walk(value)

    try:
        walk(parse("select " + expression, where))
    except RecsysError:
        return set()
    return found

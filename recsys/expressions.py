"""What a project file says of a column: a column's name, or an SQL expression over the source's columns."""

import re
from typing import Any

from recsys.errors import RecsysError
from recsys.graph import parse
from recsys.render import literal, quoted

_RECKONING = {
    "+", "-", "*", "/", "//", "%", "**", "^", "abs", "round", "floor", "ceil", "ceiling", "sum", "sign", "sqrt", "trunc",
}
#: give one of their operands
_CHOOSING = {"coalesce", "nullif", "greatest", "least"}
_NUMBERS = {
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT",
    "DECIMAL", "NUMERIC", "DOUBLE", "FLOAT", "REAL",
}
_NAME = rb'(?:"(?:[^"]|"")*"|[\w\x80-\xff]+)'
_REFERENCE = re.compile(_NAME + rb"(?:\s*\.\s*" + _NAME + rb")*")


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
    places: set[int] = set()
    kinds = {name.lower(): kind.partition("(")[0] for name, kind in types.items()}

    def is_text(node: dict[str, Any]) -> bool:
        return _column(node) in kinds and kinds[_column(node)] == "VARCHAR"

    def is_number(node: dict[str, Any]) -> bool:
        if _function(node) in _RECKONING:
            return all(is_text(item) or is_number(item) for item in _operands(node))
        return _type_written(node) in _NUMBERS or kinds.get(_column(node)) in _NUMBERS

    def look(node: dict[str, Any]) -> None:
        operands = _operands(node)
        texts = [item for item in operands if is_text(item)]
        numbers = [item for item in operands if is_number(item)]
        is_reckoned = _function(node) in _RECKONING
        is_compared = node.get("class") in ("COMPARISON", "BETWEEN") or _function(node) in _CHOOSING | {"in", "not_in"}
        if len(texts) + len(numbers) == len(operands) and (is_reckoned or is_compared and numbers):
            places.update(item["query_location"] for item in texts)

    tree = parse(sql.decode(), f"{where}: '{expression}'")
    if len(tree["select_list"]) != 1 or tree["from_table"]["type"] != "EMPTY":
        raise RecsysError(f"{where}: '{expression}' is not one SQL expression")
    for node in _nodes(tree):
        look(node)
    for place in sorted(places, reverse=True):
        reference = _REFERENCE.match(sql, place)[0]
        call = b"text_to_number(" + reference + b", " + literal(decimal_mark).encode() + b")"
        sql = sql[:place] + call + sql[place + len(reference):]
    return "(" + sql.decode()[len(prefix):] + ")"


def columns_named(expression: str, where: str) -> set[str]:
    """Return the columns that an expression names (for errors that suggest the near match)."""
    try:
        tree = parse("select " + expression, where)
    except RecsysError:
        return set()
    return {node["column_names"][-1] for node in _nodes(tree) if node.get("class") == "COLUMN_REF"}


def _nodes(tree: Any) -> list[dict[str, Any]]:
    """Every node of a syntax tree."""
    if isinstance(tree, list):
        return [node for item in tree for node in _nodes(item)]
    if isinstance(tree, dict):
        return [tree, *_nodes(list(tree.values()))]
    return []


def _operands(node: dict[str, Any]) -> list[dict[str, Any]]:
    """The operands of a function, comparison, between or in; of one that only chooses, what it chooses from.

    Versions of DuckDB name them differently.
    """
    found = [item.get("expression", item) for item in node.get("arguments") or []]
    found += node.get("children") or []
    found += [node[key] for key in ("left", "right", "input", "lower", "upper") if isinstance(node.get(key), dict)]
    found = [item for item in found if "class" in item]
    return [part for item in found for part in (_operands(item) if _function(item) in _CHOOSING else [item])]


def _function(node: dict[str, Any]) -> str:
    name = node.get("function_name") or str(node.get("type", "")).removeprefix("OPERATOR_").removeprefix("COMPARE_")
    return name.lower()


def _column(node: dict[str, Any]) -> str | None:
    return node["column_names"][-1].lower() if node.get("class") == "COLUMN_REF" else None


def _type_written(node: dict[str, Any]) -> str:
    """The type of a constant, or the one that is cast to."""
    match node.get("class"):
        case "CONSTANT" if "literal" in node:
            return node["literal"]["kind"].upper()
        case "CONSTANT":
            return node["value"]["type"]["id"]
        case "CAST":
            return (node.get("cast_type") or {}).get("id") or node["type_expr"]["type_name"].upper()
    return ""

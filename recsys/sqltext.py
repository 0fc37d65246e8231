"""Reads what the database's parser drops: the names and trailing comments of a final select's columns."""

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"""(?P<comment>--[^\n]*|/\*.*?\*/)
      | (?P<string>'(?:[^']|'')*')
      | (?P<name>"(?:[^"]|"")*"|[^\W\d]\w*)
      | (?P<newline>\n)
      | (?P<space>[^\S\n]+)
      | (?P<other>\d[\w.]*|.)""",
    re.X | re.S,
)
_ENDS = {"from", "where", "union", "group", "having", "qualify", "order", "limit", "except", "intersect", "window"}


def _tokens(sql: str) -> Iterator[tuple[str, str, int]]:
    """Yield (kind, text, depth of parentheses and brackets)."""
    depth = 0
    for match in _TOKEN.finditer(sql):
        text = match[0]
        if match.lastgroup == "other" and text in ")]}":
            depth -= 1
        yield match.lastgroup, text, depth
        if match.lastgroup == "other" and text in "([{":
            depth += 1


def final_columns(sql: str) -> dict[str, str | None]:
    """Return {column: its trailing comment or None} of the final select, in order.

    The final select is the first one outside all parentheses; of a union its first branch speaks.
    A comment belongs to the column before it on the same line, the comma not counting.
    """
    columns: dict[str, str | None] = {}
    inside, name, named_on_line = False, None, None
    for kind, text, depth in _tokens(sql):
        word = text.lower() if kind == "name" else ""
        if not inside:
            inside = depth == 0 and word == "select"
        elif depth == 0 and word in _ENDS:
            break
        elif kind == "comment" and named_on_line is not None:
            columns[named_on_line] = " ".join(text.strip("-/* ").split())
            named_on_line = None
        elif kind == "newline":
            named_on_line = name
        elif depth == 0 and text == ",":
            columns.setdefault(name, None)
            named_on_line, name = name, None
        elif depth == 0 and kind == "name" and word != "distinct":
            name = text[1:-1].replace('""', '"') if text.startswith('"') else text
            named_on_line = name
        elif depth == 0 and text in ")]}":
            named_on_line = name
    if name is not None:
        columns.setdefault(name, None)
    return columns


def formula(sql: str) -> tuple[str, str]:
    """Return (expression, column) of a member that is one formula: `select <expression> as <column> from pair`."""
    body = re.sub(r"--[^\n]*", "", sql)
    found = re.fullmatch(r"\s*select\s+(.*?)\s+as\s+(\w+)\s+from\s+pair\s*", body, re.S | re.I)
    return (" ".join(found[1].split()), found[2]) if found else ("", "")


def with_final(sql: str, final: str) -> str:
    """Return ``sql`` with ``final`` in place of its final select: what one of its `with` parts holds."""
    position = 0
    for kind, text, depth in _tokens(sql):
        if depth == 0 and kind == "name" and text.lower() == "select":
            return sql[:position] + final
        position += len(text)
    return final

"""Reads what the database's parser drops: the names and trailing comments of a final select's columns."""

import re
from collections.abc import Iterator
from functools import lru_cache

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
    return dict(_final_columns(sql))


@lru_cache(4096)  # the same models are read again and again
def _final_columns(sql: str) -> dict[str, str | None]:
    columns: dict[str, str | None] = {}
    inside, name, comment, before = False, None, None, ""
    speaks_of = None  # the column that a comment would belong to here; True for the one being read
    for kind, text, depth in _tokens(sql):
        word = text.lower() if kind == "name" and before != "." else ""
        if not inside:
            inside = depth == 0 and word == "select"
        elif kind == "newline":
            speaks_of = None
        elif depth > 0 or kind == "space":
            continue
        elif kind == "comment":
            said = " ".join(text.strip("-/* ").split())
            if speaks_of is True:
                comment = said
            elif speaks_of is not None:
                columns[speaks_of] = said
            speaks_of = None
        elif word in _ENDS and (word, before) != ("from", "distinct"):
            break
        elif text == ",":
            if name is not None:
                columns.setdefault(name, comment)
            speaks_of, name, comment, before = name, None, None, text
        else:
            comment, speaks_of, before = None, True, word or text
            if kind == "name" and word != "distinct":
                name = text[1:-1].replace('""', '"') if text.startswith('"') else text
    if name is not None:
        columns.setdefault(name, comment)
    return columns


def formula(sql: str) -> tuple[str, str]:
    """Return (expression, column) of a member that is one formula: `select <expression> as <column> from pair`."""
    body = "".join(text for kind, text, _ in _tokens(sql) if kind != "comment")
    found = re.fullmatch(r"\s*select\s+(.*?)\s+as\s+(\w+)\s+from\s+pair\s*", body, re.S | re.I)
    return (" ".join(found[1].split()), found[2]) if found else ("", "")


@lru_cache(4096)
def among(sql: str, keys: tuple[str, ...], table: str) -> str | None:
    """Return ``sql`` for those of its rows alone whose ``keys`` stand in the columns `<table>_<key>` of ``table``.

    The engine never moves a join into a view, whose joins then make all rows before nearly all are left out. Inside, it
    begins with the few. None where the final select does more with its rows than to choose among them.
    """
    opening = closing = where = position = 0  # behind `select`, at `from`, at `where`
    before = ""
    for kind, text, depth in _tokens(sql):
        word = text.lower() if kind == "name" and before != "." else ""
        if depth == 0 and word == "select" and not opening:
            opening = position + len(text)
        elif opening and not closing and word in ("over", "distinct"):
            return None
        elif opening and depth == 0 and word == "from" and not closing:
            closing = position
        elif closing and depth == 0 and word == "where" and not where:
            where = position
        elif opening and depth == 0 and word in _ENDS:
            return None
        before, position = text if kind not in ("comment", "space", "newline") else before, position + len(text)
    values = _values(sql[opening:closing])
    if not all(key in values for key in keys):
        return None
    joined = " and ".join(f"{table}.{table}_{key} = {values[key]}" for key in keys)
    condition = f"\n    and ({sql[where + len('where'):].strip()}\n)" if where else ""
    tables = sql[closing + len("from"):where or None].strip()
    return f"{sql[:closing]}from {table}, {tables}\nwhere {joined}{condition}"


def _values(columns: str) -> dict[str, str]:
    """Return {column: its expression} of what stands between `select` and `from`."""
    parts = [""]
    for kind, text, depth in _tokens(columns):
        if depth == 0 and text == ",":
            parts.append("")
        elif kind != "comment":
            parts[-1] += text
    named = (re.fullmatch(r"(?:(.+)\s+as\s+|(.*\.)?)(\w+)", " ".join(part.split()), re.I) for part in parts)
    return {found[3]: found[1] or f"{found[2] or ''}{found[3]}" for found in named if found}


def with_parts(sql: str) -> list[str]:
    """Return the names of a statement's `with` parts."""
    words = [text for kind, text, depth in _tokens(sql) if depth == 0 and kind not in ("comment", "space", "newline")]
    return [name for name, follows, opens in zip(words, words[1:], words[2:], strict=False) if (follows.lower(), opens) == ("as", "(")]


def with_final(sql: str, final: str) -> str:
    """Return ``sql`` with ``final`` in place of its final select: what one of its `with` parts holds."""
    position = 0
    for kind, text, depth in _tokens(sql):
        if depth == 0 and kind == "name" and text.lower() == "select":
            return sql[:position] + final
        position += len(text)
    return final

"""Reads worked examples: `<model>.spec.md` beside a model holds given tables and the rows to expect.

    ## Two users who share one item
    given similarity.cell
    | axis | entity_no | shared_no | weight |
    | ...
    with min_common = 1, shrinkage = 0
    expect
    | entity_no | similarity |
    | ...

An empty cell or `null` is null. `expect no rows`, and `expect pair` for a `with` part, work too. Columns
that a table leaves out are null when given and not looked at when expected. Numbers are compared at the
precision they are written with, rows in any order. What lies between the given tables and the model is
built on the way.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recsys.errors import RecsysError
from recsys.params import parse_set


@dataclass
class Table:
    name: str
    columns: list[str] = field(default_factory=list)
    rows: list[list[str | None]] = field(default_factory=list)


@dataclass
class Example:
    """One heading of a spec file."""

    path: Path
    line: int
    title: str
    given: list[Table] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    expect: list[Table] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"{self.path.parent.name}/{self.path.name.removesuffix('.spec.md')}: {self.title}"


def read_spec(path: Path) -> list[Example]:
    """Read the examples of one file; prose is skipped.

    Raises:
        RecsysError: a table before any heading, a row of another width, an example that expects nothing.
    """
    examples: list[Example] = []
    table: Table | None = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = line.strip()
        if text.startswith("## "):
            examples.append(Example(path, number, text[3:]))
            table = None
        elif not examples:
            continue
        elif found := re.fullmatch(r"given (\w+\.\w+)", text):
            examples[-1].given.append(table := Table(found[1]))
        elif found := re.fullmatch(r"expect(?: (no rows|\w+))?", text):
            table = Table("" if found[1] in (None, "no rows") else found[1])
            examples[-1].expect.append(table)
        elif text.startswith("with ") and "=" in text:
            pairs = re.split(r",\s*(?=[\w.]+\s*=)(?![^{\[]*[}\]])", text.removeprefix("with "))
            examples[-1].settings |= dict(parse_set(pair) for pair in pairs)
        elif text.startswith("|"):
            _add_row(table, text, f"{path}:{number}")
    for example in examples:
        if not example.expect:
            raise RecsysError(f"{path}:{example.line}: the example '{example.title}' expects nothing")
    return examples


def _add_row(table: Table | None, text: str, where: str) -> None:
    if table is None:
        raise RecsysError(f"{where}: a table without `given schema.table` or `expect` above it")
    cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", text)[1:-1]]
    if not table.columns:
        table.columns = cells
    elif all(re.fullmatch(r":?-+:?", cell) for cell in cells):
        return
    elif len(cells) != len(table.columns):
        raise RecsysError(f"{where}: {len(cells)} cells under {len(table.columns)} columns")
    else:
        table.rows.append([None if cell in ("", "null") else "" if cell == "''" else cell for cell in cells])

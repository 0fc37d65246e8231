"""What the templates of sql/raw get to know of a source."""

from dataclasses import dataclass
from typing import Any

from recsys.render import Column, Expression, Words

TYPES = {"text": "varchar", "number": "decimal(18, 6)", "rate": "decimal(28, 12)", "integer": "bigint", "time": "timestamp", "boolean": "boolean"}


@dataclass(frozen=True)
class InputColumn:
    """One canonical column (or attribute) of one source, for a template."""

    name: Column
    words: str
    value: Expression
    text: Expression
    text_name: Column
    reason: str
    is_needed: bool
    is_dispensable: bool
    is_parsed: bool
    is_fallible: bool
    comment: Words


@dataclass(frozen=True)
class Input:
    """One source, for a template.

    Attributes:
        where: how messages name the source: the project file and the block.
        paths: the files that are read.
        names: the same, as the project file writes them.
    """

    name: str
    kind: str
    where: str
    relation: Expression
    file: Expression
    paths: list[str]
    names: list[str]
    keep: Expression
    row_key: Expression
    version: Expression
    columns: list[InputColumn]

    @property
    def texts(self) -> list[InputColumn]:
        """Columns that may come to nothing although something stands in the source, or must not come to nothing."""
        return [column for column in self.columns if column.is_fallible or column.is_needed]

    @property
    def fallible(self) -> list[InputColumn]:
        """Those of them without which the row cannot be used."""
        return [column for column in self.texts if not column.is_dispensable]

    @property
    def dispensable(self) -> list[InputColumn]:
        """Those of them that the row can do without."""
        return [column for column in self.texts if column.is_dispensable]

    @property
    def plain(self) -> list[InputColumn]:
        return [column for column in self.columns if not column.is_parsed]

    @property
    def parsed(self) -> list[InputColumn]:
        """Columns whose value is read out of their text."""
        return [column for column in self.columns if column.is_parsed]


def absent(name: str, about: dict[str, Any]) -> InputColumn:
    value = Expression(f"cast(null as {TYPES[about['type']]})")
    return fixed(about.get("as", name), value, about["comment"])


def fixed(name: str, value: Expression, comment: str) -> InputColumn:
    """A column that cannot fail: a constant, text, or one that the source does not have."""
    return InputColumn(Column(name), name, value, value, Column(name + "_text"), "", False, False, False, False, Words(comment))

"""The members of a family: which of them a run takes, and what the family's template sees of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from recsys.errors import RecsysError
from recsys.library import Library
from recsys.model import STRATEGY, Model
from recsys.params import Params
from recsys.render import Expression, Identifier, Words, render
from recsys.sqltext import among, final_columns, formula

#: what members are asked about
ASKED = ("user_no", "item_no")


@dataclass(frozen=True)
class Member:
    """A family's member as its template sees it.

    Attributes:
        among_asked: its rows for the users and items of a `with` part `asked` (asked_user_no, asked_item_no) of the
            template, and perhaps others: what is asked of few is not said of all.
    """

    name: str
    column: Identifier
    label: str
    priority: float
    weight: float
    table: Identifier
    among_asked: Expression
    formula: Expression
    evidence: list[dict[str, Any]]
    strategy: dict[str, str | None]


def is_chosen(library: Library, model: Model, params: Params) -> bool:
    """A refresh builds the members that have a weight, and everything that is no member."""
    return not model.is_member or params[f"{model.schema}.weight_{model.name}"] != 0


def chosen_members(library: Library, family: Model, params: Params, *, everything: bool = False) -> list[Model]:
    """Return the members that a family takes up.

    Raises:
        RecsysError: there is none, and the family's template does not say that it can do without.
    """
    members = library.members(family)
    chosen = [member for member in members if everything or is_chosen(library, member, params)]
    if not chosen and not family.may_be_empty:
        keys = " or ".join(f"{member.schema}.weight_{member.name} = 1" for member in members)
        raise RecsysError(
            f"{family.path}: none of its members has a weight; give one: {keys}" if members else
            f"{family.path}: it has no members; one is a file of its folder with a `label:` in its header"
        )
    return chosen


def as_member(library: Library, model: Model, params: Params, context: Mapping[str, Any]) -> Member:
    """Render a member far enough for its family.

    Raises:
        RecsysError: a formula that is none.
    """
    text = render(model.template, {**params.seen_by(model.schema), **context}, model.path)
    expression, _ = formula(text) if library.is_formula(model) else ("", "")
    if library.is_formula(model) and not expression:
        raise RecsysError(f"{model.path}: a formula reads `select <expression> as <column> from pair`")
    key = set(model.grain)
    asked = among(text, ASKED, "asked") if model.kind == "view" and not context.get("are_members_given") else None
    return Member(
        name=model.name,
        column=Identifier(model.name),
        label=model.one("label"),
        priority=float(model.one("priority", "0")),
        weight=params[f"{model.schema}.weight_{model.name}"],
        table=Identifier(model.table),
        among_asked=Expression(f"({asked})" if asked else model.table),
        formula=Expression(expression),
        evidence=[
            {"name": name, "column": Identifier(name), "words": comment or name, "comment": Words(comment or name)}
            for name, comment in final_columns(text).items() if name not in key
        ],
        strategy={part: model.one(part) or None for part in STRATEGY},
    )

"""Segment rules in the project file: attributes, operators and values become a model like any other rule's.

    [segments."Large family"]
    all = [["kids_count", "in", ["2", "3+"]], ["order_count", ">=", 10]]
    objective = "The weekly shop, all of it."
"""

import datetime as dt
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from recsys.config import Config
from recsys.errors import RecsysError, near
from recsys.library import Library
from recsys.model import STRATEGY, Model
from recsys.params import header_declarations
from recsys.render import Column, is_reserved, literal
from recsys.sources import attribute_names
from recsys.sqltext import final_columns

OPERATORS = ("=", "!=", "<", "<=", ">", ">=", "in", "not in")
KEYS = ("all", "any", "priority", *STRATEGY)
#: layers whose tables of one row per user say what a rule may ask for, the first that knows a name first
LAYERS = ("profile", "value", "segment")
RFM = "segment.rfm"
#: what the end (or the beginning) of a column's name promises of it, and how such a value is written
PROMISES = (
    (r".*_(on|at)", dt.date, "a date such as 2024-06-30"),
    (r"(is|has)_.*", bool, "true or false"),
    (r".*_(count|days|amount|share|probability|score|hour|clv)", float, "a number"),
)
#: how a value of the project's own attributes, which may be text, is read before it is compared with such a value
READ_AS = {bool: "text_to_boolean({})", float: "text_to_number({}, '.')", dt.date: "text_to_day({})", str: "{}"}


def with_short_rules(library: Library, config: Config) -> Library:
    """Return the library with a model for each rule under [segments] of the project file.

    Raises:
        RecsysError: an attribute, an operator or a value that cannot be; the message has the near match.
    """
    attributes = _attributes(library, config) if config.segments else {}
    models, declared = dict(library.models), dict(library.declared)
    for label, rule in config.segments.items():
        model = _model(config, label, rule, attributes)
        if model.table in models:
            raise RecsysError(f"{model.path}: {model.table} is made by {models[model.table].path} already: choose another name")
        models[model.table] = model
        declared |= header_declarations(model, 1.0)
    return replace(library, models=models, declared=declared)


def _attributes(library: Library, config: Config) -> dict[str, tuple[str, str | None]]:
    """{attribute: (its table, what it means; of private ones nothing, since evidence is published)}."""
    private = {name for source in config.of("users") for name in source.private}
    found: dict[str, tuple[str, str | None]] = {}
    for layer in LAYERS:
        for model in library.models.values():
            if model.schema == layer and model.grain == ["user_id"] and not model.is_member:
                for column, comment in final_columns(model.template).items():
                    found.setdefault(column, (model.table, _short(comment or _meaning(library, column)) or _called(column)))
    for name in attribute_names(config):
        if not name.startswith("contact_"):
            found[name] = ("staging.users", None if name in private else _called(name))
    for name in ("household_id", "first_seen_at", "acquisition_channel"):
        found[name] = ("staging.users", _called(name))
    found["segment"] = (RFM, "is the RFM segment")  # clusters and stages of life have a column of this name too
    return {name: about for name, about in found.items() if name not in ("user_id", "user_no", "is_excluded")}


def _short(comment: str) -> str:
    """What a comment says before it goes into detail; nothing where it begins with values, such as 1 to 5."""
    said = re.split(r"[;:(]", comment)[0].strip()
    return "" if said[:1].isdigit() or said in ("true", "false") else said


def _called(name: str) -> str:
    return f"is the {name.replace('_', ' ')}"


def _meaning(library: Library, column: str) -> str:
    """The comment that a column is born with, in whichever model that is."""
    births = (final_columns(model.template).get(column) for model in library.models.values() if model.schema != "raw" and not model.is_member)
    return next((comment for comment in births if comment), column)


def _model(config: Config, label: str, rule: Any, attributes: dict[str, tuple[str, str | None]]) -> Model:
    where = f'{config.file} [segments."{label}"]'

    def fail(what: str):
        raise RecsysError(f"{where}: {what}")

    if not isinstance(rule, dict):
        fail('it is a table: all = [["order_count", ">=", 10]]')
    for key, value in rule.items():
        if key not in KEYS:
            fail(f"unknown key '{key}'.{near(key, KEYS)}")
        if key in STRATEGY and (not isinstance(value, str) or not value.strip()):
            fail(f"{key} is text, not {value!r}")
    if type(priority := rule.get("priority", 90)) not in (int, float):
        fail(f"priority is a number, not {priority!r}")
    name = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")
    if not name or name[0].isdigit() or is_reserved(name):
        fail("the name of a segment begins with a letter and is no word of SQL")
    read: dict[str, str] = {}
    tests = []
    for key, word in (("all", "and"), ("any", "or")):
        conditions = rule.get(key, [])
        if not isinstance(conditions, list) or key in rule and not conditions:
            fail(f'{key} is a list of conditions: {key} = [["order_count", ">=", 10]]')
        texts = [_condition(condition, attributes, read, fail) for condition in conditions]
        if texts:
            tests.append("(\n        " + f"\n        {word} ".join(texts) + "\n    )")
    if not tests:
        fail('it says who is in it: all = [["order_count", ">=", 10]], or any = [...]')
    if "objective" not in {**rule, **config.strategies.get(label, {})}:
        fail('it says what is to be reached with them: objective = "..."')
    return Model(
        path=Path(where), schema="segment", name=name, summary=f"{label}, as the project file says.", why="",
        template=_template(read, tests, attributes),
        keys={"grain": ["user_id"], "label": [label], "priority": [str(priority)]}
        | {part: [" ".join(rule[part].split())] for part in STRATEGY if part in rule},
    )


def _condition(condition: Any, attributes: dict, read: dict[str, str], fail) -> str:
    """Return one condition as SQL and note which table it reads its attribute from."""
    if not (isinstance(condition, list) and len(condition) == 3 and all(isinstance(word, str) for word in condition[:2])):
        fail(f'a condition is [attribute, operator, value], such as ["order_count", ">=", 10]; not {condition!r}')
    name, operator, value = condition
    if name not in attributes:
        fail(f"there is no attribute '{name}'.{near(name, attributes)}")
    if operator not in OPERATORS:
        fail(f"{name}: there is no operator '{operator}': {', '.join(OPERATORS)}")
    is_list = operator in ("in", "not in")
    if is_list != isinstance(value, list) or value == []:
        fail(f"{name} {operator}: the value is {'a list' if is_list else 'no list'}, not {value!r}")
    kinds = {_kind(item) for item in (value if is_list else [value])}
    if len(kinds) > 1 or None in kinds:
        fail(f"{name} {operator}: values are numbers, texts, dates or true and false, all of one kind; not {value!r}")
    kind = kinds.pop()
    read[name] = table = attributes[name][0]
    column = f"{table.split('.')[1]}.{literal(Column(name))}"
    if table == "staging.users" and name not in ("first_seen_at",):
        column = READ_AS[kind].format(f"cast({column} as varchar)")
    else:
        for pattern, expected, words in PROMISES:
            if re.fullmatch(pattern, name) and kind is not expected:
                fail(f"{name} is compared with {words}, not {value!r}")
    words = "(" + ", ".join(map(literal, value)) + ")" if is_list else literal(value)
    return f"{column} {operator} {words}".replace("{", "' || chr(123) || '")


def _kind(value: Any) -> type | None:
    kinds = {bool: bool, int: float, float: float, str: str, dt.date: dt.date, dt.datetime: dt.date}
    is_odd = isinstance(value, float) and not math.isfinite(value)
    return None if is_odd else kinds.get(type(value))


def _template(read: dict[str, str], tests: list[str], attributes: dict[str, tuple[str, str | None]]) -> str:
    """The model's select: who fulfils the conditions, with each attribute that may be told as evidence."""
    columns = ["    numbers.user_id"]
    told = [(name, table, attributes[name][1]) for name, table in read.items() if attributes[name][1]]
    columns += [f"    {table.split('.')[1]}.{literal(Column(name))},  -- {comment}" for name, table, comment in told]
    columns[0] += "," if told else ""
    if told:
        columns[-1] = columns[-1].replace(",  -- ", "  -- ", 1)
    joins = [
        f"left join {table}\n    on {table.split('.')[1]}.user_id = numbers.user_id" for table in dict.fromkeys(read.values())
    ]
    return "\n".join(["select", *columns, "from profile.users as numbers", *joins, "where " + "\n    and ".join(tests), ""])

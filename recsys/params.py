"""Every tunable number: declared once with a comment and a type, overridden by the project or by --set."""

import datetime as dt
import math
import re
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from recsys.errors import RecsysError, near
from recsys.model import Model

_NUMBER = r"(-?\d+(?:\.\d+)?)"
_RANGE = re.compile(rf"\[(?:{_NUMBER} to {_NUMBER}|{_NUMBER} or more|above {_NUMBER})\]")


@dataclass(frozen=True)
class Declaration:
    """A parameter as it is declared. Its comment may end in what it may be: [1 to 100], [0 or more], [above 0]."""

    default: Any
    comment: str
    declared_in: str

    def __post_init__(self) -> None:
        if self.comment.endswith("]") and not _RANGE.fullmatch(self.range):
            raise RecsysError(f"{self.declared_in}: a range reads [1 to 100], [0 or more] or [above 0], not '{self.range}'")

    @property
    def range(self) -> str:
        """What stands in brackets at the comment's end; of a list or table it speaks of every value."""
        return self.comment[self.comment.rfind("["):] if self.comment.endswith("]") else ""

    def allows(self, number: float) -> bool:
        if not self.range:
            return True
        least, most, from_on, above = (None if text is None else float(text) for text in _RANGE.fullmatch(self.range).groups())
        if above is not None:
            return number > above
        return number >= (least if from_on is None else from_on) and (most is None or number <= most)


@dataclass(frozen=True)
class Params:
    """Values by folder and name. A model sees its folder's, `project`'s and those of its own header."""

    declared: dict[str, Declaration]
    values: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Any:
        return self.values.get(key, self.declared[key].default)

    def seen_by(self, schema: str) -> dict[str, Any]:
        return {
            key.split(".", 1)[1]: self[key] for key in self.declared if key.split(".")[0] in ("project", schema)
        }

    def by_default(self, defaults: dict[str, Any]) -> "Params":
        """Return these with other defaults, where what a project has decides them; what somebody has set stays."""
        declared = {key: replace(self.declared[key], default=value) for key, value in defaults.items()}
        return replace(self, declared={**self.declared, **declared})

    def override(self, changes: dict[str, Any], origin: str) -> "Params":
        """Return these with ``changes`` ({"similarity.neighbours": 100}) applied.

        Raises:
            RecsysError: an unknown parameter (with the near match), an ill-typed one, or a value out of its range.
        """
        values = dict(self.values)
        for key, value in changes.items():
            if key not in self.declared:
                raise RecsysError(f"{origin}: unknown parameter '{key}'.{near(key, self.declared)}")
            values[key] = _typed(key, value, self.declared[key], origin)
        return replace(self, values=values)


def read_declarations(path: Path) -> dict[str, Declaration]:
    """Read params.toml; the comment lines above a parameter are its documentation.

    Raises:
        RecsysError: a default that is not what its own comment allows.
    """
    text = path.read_text(encoding="utf-8")
    comments, folder, above = {}, "", []
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("["):
            folder, above = line.strip("[]"), []
        elif line.startswith("#"):
            above.append(line.strip("# "))
        elif "=" in line:
            comments[f"{folder}.{line.split('=')[0].strip()}"] = " ".join(above)
            above = []
        elif not line:
            above = []
    return {
        key: _declared(key, default, comments[key], path.name)
        for folder, table in load_toml(path).items()
        for key, default in ((f"{folder}.{name}", default) for name, default in table.items())
    }


def header_declarations(model: Model, default_weight: float | None) -> dict[str, Declaration]:
    """What a member's header declares: `param: min_orders = 3 (orders before a rhythm is read)` and its weight."""
    found = {}
    for line in model.keys.get("param", []):
        name, _, rest = line.partition("=")
        text, _, comment = rest.partition("(")
        try:
            default = tomllib.loads(f"value = {text.strip()}")["value"]
        except tomllib.TOMLDecodeError:
            raise RecsysError(f"{model.path}: `param: name = value (what it does)`, not '{line}'") from None
        key = f"{model.schema}.{name.strip()}"
        found[key] = _declared(key, default, comment.rstrip(") "), model.path.name)
    if default_weight is not None:
        weight = float(model.one("weight", str(default_weight)))
        key = f"{model.schema}.weight_{model.name}"
        comment = f"Weight of {model.one('label')}; with 0 a refresh does not build it. [0 or more]"
        found[key] = _declared(key, weight, comment, model.path.name)
    return found


def _declared(key: str, default: Any, comment: str, declared_in: str) -> Declaration:
    declaration = Declaration(default, comment, declared_in)
    _typed(key, default, declaration, declared_in)
    return declaration


def load_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file; a syntax error names file, line and what is wrong there."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise RecsysError(f"{path}: not valid TOML: {error}") from None
    except UnicodeDecodeError as error:
        raise RecsysError(f"{path}: not UTF-8 text (byte {error.start}): save it as UTF-8") from None
    except OSError as error:
        raise RecsysError(f"{path}: cannot be read: {error.strerror}") from None


def parse_set(text: str) -> tuple[str, Any]:
    """Read one `--set folder.name=value`; a value that is no TOML is taken as text."""
    key, equals, value = text.partition("=")
    if not equals:
        raise RecsysError(f"--set takes folder.name=value, not '{text}'")
    try:
        return key.strip(), tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return key.strip(), value.strip()


def _typed(key: str, value: Any, declared: Declaration, origin: str) -> Any:
    """A whole number may stand for a float, a date for its text; nothing else is. A table changes what it names only."""
    default = declared.default
    if isinstance(default, str) and isinstance(value, dt.date):
        value = str(value)
    if isinstance(default, float) and type(value) is int:
        value = float(value)
    if type(value) is not type(default) or isinstance(value, float) and not math.isfinite(value):
        names = {bool: "true or false", int: "a whole number", float: "a number", str: "text", list: "a list",
                 dict: "a table"}
        raise RecsysError(f"{origin}: {key} is {names[type(default)]} (such as {default!r}), not {value!r}")
    if type(value) in (int, float) and not declared.allows(value):
        raise RecsysError(f"{origin}: {key} may be {declared.range.strip('[]')}, not {value!r}")
    if isinstance(default, dict):
        like = replace(declared, default=next(iter(default.values())))
        return default | {name: _typed(f"{key}.{name}", item, like, origin) for name, item in value.items()}
    if isinstance(default, list) and default:
        like = replace(declared, default=default[0])
        return [_typed(f"{key}[{number}]", item, like, origin) for number, item in enumerate(value)]
    return value

"""Every tunable number: declared once with a comment and a type, overridden by the project or by --set."""

import datetime as dt
import math
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from recsys.errors import RecsysError, near
from recsys.model import Model


@dataclass(frozen=True)
class Declaration:
    default: Any
    comment: str
    declared_in: str


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

    def override(self, changes: dict[str, Any], origin: str) -> "Params":
        """Return these with ``changes`` ({"similarity.neighbours": 100}) applied.

        Raises:
            RecsysError: an unknown or ill-typed parameter, with the near match.
        """
        values = dict(self.values)
        for key, value in changes.items():
            if key not in self.declared:
                raise RecsysError(f"{origin}: unknown parameter '{key}'.{near(key, self.declared)}")
            values[key] = _typed(key, value, self.declared[key].default, origin)
        return replace(self, values=values)


def read_declarations(path: Path) -> dict[str, Declaration]:
    """Read params.toml; the comment lines above a parameter are its documentation."""
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
        f"{folder}.{name}": Declaration(default, comments[f"{folder}.{name}"], path.name)
        for folder, table in load_toml(path).items()
        for name, default in table.items()
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
        found[f"{model.schema}.{name.strip()}"] = Declaration(default, comment.rstrip(") "), model.path.name)
    if default_weight is not None:
        weight = float(model.one("weight", str(default_weight)))
        comment = f"Weight of {model.one('label')}; with 0 a refresh does not build it."
        found[f"{model.schema}.weight_{model.name}"] = Declaration(weight, comment, model.path.name)
    return found


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


def _typed(key: str, value: Any, default: Any, origin: str) -> Any:
    """A whole number may stand for a float, a date for its text; nothing else is. A table changes what it names only."""
    if isinstance(default, str) and isinstance(value, dt.date):
        value = str(value)
    if isinstance(default, float) and type(value) is int:
        value = float(value)
    if type(value) is not type(default) or isinstance(value, float) and not math.isfinite(value):
        names = {bool: "true or false", int: "a whole number", float: "a number", str: "text", list: "a list",
                 dict: "a table"}
        raise RecsysError(f"{origin}: {key} is {names[type(default)]} (such as {default!r}), not {value!r}")
    if isinstance(default, dict):
        like = next(iter(default.values()))
        return default | {name: _typed(f"{key}.{name}", item, like, origin) for name, item in value.items()}
    if isinstance(default, list) and default:
        return [_typed(f"{key}[{number}]", item, default[0], origin) for number, item in enumerate(value)]
    return value

"""A model file: one header comment and one select. `sql/<schema>/<table>.sql` makes `<schema>.<table>`."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from recsys.errors import RecsysError, near
from recsys.render import quoted

KINDS = ("table", "view", "tiled", "iterated", "history")
MEMBERS = ("tables", "formulas", "tables or none")
#: what to do about a segment: the parts of its strategy
STRATEGY = ("objective", "offer", "message", "channel", "contact", "timing", "measure")

#: header keys: may the key stand more than once?
KEYS = {
    "grain": False, "order": False, "check": True, "cite": True, "kind": False, "label": False, "priority": False,
    "weight": False, "param": True, "members": False, "tiles": False, "keep": False, "before": False,
    "until": False, "at_most": False,
    **dict.fromkeys(STRATEGY, False),
}


_INCLUDE = re.compile(r'\{%\s*include\s+"([\w./]+)"\s*%\}\n')


@dataclass(frozen=True)
class Check:
    """A predicate that is true for every row; `warn` does not stop a refresh; behind ` -- ` stands advice."""

    predicate: str
    advice: str = ""
    is_warning: bool = False


@dataclass(frozen=True)
class Model:
    """What one file says. Nothing here knows parameters, sources or an engine."""

    path: Path
    schema: str
    name: str
    summary: str
    why: str
    template: str
    keys: dict[str, list[str]] = field(repr=False)

    @property
    def table(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def is_family(self) -> bool:
        """A family's file gets the other labelled files of its folder as `members`."""
        return "members" in self.keys

    @property
    def members_of(self) -> str:
        """The folder whose labelled files a family's template gets: its own, where it does not say `tables of folder`."""
        return self.one("members", "").partition(" of ")[2] or self.schema

    @property
    def may_be_empty(self) -> bool:
        """Its template makes a statement without any member too."""
        return self.one("members", "").startswith("tables or none")

    @property
    def is_member(self) -> bool:
        """Members of a family are the files that carry a label."""
        return "label" in self.keys

    @property
    def grain(self) -> list[str]:
        return [column.strip() for column in self.one("grain", "").split(",") if column.strip()]

    @property
    def order(self) -> str:
        """How its rows come in the published file, as SQL: by the grain, unless the header says otherwise."""
        return self.one("order", "") or ", ".join(f"{quoted(column)} nulls last" for column in self.grain)

    @property
    def kind(self) -> str:
        return self.one("kind", "table")

    @property
    def checks(self) -> list[Check]:
        found = []
        for text in self.keys.get("check", []):
            predicate, _, advice = text.removeprefix("warn ").partition(" -- ")
            found.append(Check(predicate.strip(), advice.strip(), text.startswith("warn ")))
        return found

    def one(self, key: str, default: str | None = None) -> str | None:
        return self.keys.get(key, [default])[0]


def read_model(path: Path, schema: str) -> Model:
    """Read one file.

    Raises:
        RecsysError: no header, an unknown key, or a key whose value cannot be.
    """
    text = _INCLUDE.sub(lambda found: _part(path, found[1]), path.read_text(encoding="utf-8"))
    header = re.match(r"\s*/\*(.*?)\*/", text, re.S)
    if not header:
        raise RecsysError(f"{path}: a model starts with a /* header */ (see sql/README.md)")
    prose, keys = _split(header[1], path)
    lines = prose.splitlines()
    model = Model(
        path=path,
        schema=schema,
        name=path.stem.removeprefix("_"),
        summary=lines[0].strip() if lines else "",
        why="\n".join(lines[1:]).strip(),
        template=text[header.end():].strip().removesuffix(";") + "\n",
        keys=keys,
    )
    _validate(model)
    return model


def _part(path: Path, name: str) -> str:
    """Return the text of a file beside a model that several models share."""
    try:
        return (path.parent / name).read_text(encoding="utf-8")
    except OSError:
        beside = [file.name for file in path.parent.glob("*.part")]
        raise RecsysError(f"{path}: includes {name}, which is not there.{near(name, beside)}") from None


def _split(header: str, path: Path) -> tuple[str, dict[str, list[str]]]:
    """The last paragraph holds the keys; an indented line continues the one before."""
    paragraphs = re.split(r"\n\s*\n", header.strip())
    keys: dict[str, list[str]] = {}
    key = ""
    for line in paragraphs[-1].splitlines():
        found = re.match(r"([a-z_]+):\s*(.*)", line)
        if found:
            key, value = found.groups()
            if key not in KEYS:
                raise RecsysError(f"{path}: unknown header key '{key}'.{near(key, KEYS)}")
            if key in keys and not KEYS[key]:
                raise RecsysError(f"{path}: header key '{key}' stands twice")
            keys.setdefault(key, []).append(value.strip())
        elif key and line.startswith((" ", "\t")):
            keys[key][-1] += " " + line.strip()
        else:
            raise RecsysError(f"{path}: the header ends with `key: value` lines; this is none: {line.strip()!r}")
    return "\n\n".join(paragraphs[:-1]), keys


def _validate(model: Model) -> None:
    def fail(what: str):
        raise RecsysError(f"{model.path}: {what}")

    if not model.summary.endswith("."):
        fail("the header's first line is one sentence that ends in a full stop")
    if not model.grain:
        fail("the header has no `grain:` line: say which columns identify a row")
    if model.kind not in KINDS:
        fail(f"unknown kind '{model.kind}'.{near(model.kind, KINDS)}")
    if model.is_family and model.one("members").partition(" of ")[0] not in MEMBERS:
        fail("a family's header says `members: tables`, `members: tables or none`, `members: formulas`, "
             "or `members: tables of folder`")
    if "{%" in model.template and not model.path.name.startswith("_"):
        fail("only files named _name.sql hold loops")
    if model.kind == "tiled" and not model.one("tiles"):
        fail("a tiled model names the table of its tiles: `tiles: schema.table`")
    if model.kind == "iterated" and not (model.one("until") and (model.one("at_most") or "").isdigit()):
        fail("an iterated model says when to stop: `until: predicate over this and last` and `at_most: 50`")
    for key in ("weight", "priority"):
        try:
            float(model.one(key, "0"))
        except ValueError:
            fail(f"`{key}:` is a number, not '{model.one(key)}'")

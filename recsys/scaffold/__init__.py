"""`recsys new`: a model of the project's own and its examples, ready to be filled in."""

import re
from enum import StrEnum
from pathlib import Path
from string import Template

from recsys.errors import RecsysError
from recsys.project import Project
from recsys.render import is_reserved
from recsys.strategies import packaged


class Kind(StrEnum):
    measure = "measure"
    score = "score"
    segment = "segment"


#: the family that a kind joins: its folder, which is its schema
FOLDERS = {Kind.measure: "similarity", Kind.score: "score", Kind.segment: "segment"}
TEMPLATES = Path(__file__).parent
LONGEST = 40


def scaffold(project: Project, kind: Kind, name: str) -> list[Path]:
    """Write a model and its examples into the project's own sql folder and return the two files.

    Raises:
        RecsysError: a name that cannot be one or is taken, or a file that is there already.
    """
    _check_name(name)
    folder, label = FOLDERS[kind], name.replace("_", " ").capitalize()
    _check_free(project, folder, name, label)
    files = [project.folder / "sql" / folder / f"{name}{suffix}" for suffix in (".sql", ".spec.md")]
    for file in files:
        if file.exists():
            raise RecsysError(f"{file} is there already: it is not overwritten. Choose another name, or delete it")
    for file in files:
        template = TEMPLATES / f"{kind}{file.name.removeprefix(name)}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(Template(template.read_text(encoding="utf-8")).substitute(name=name, label=label), encoding="utf-8")
    return files


def _check_name(name: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or len(name) > LONGEST:
        plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_0123456789")[:LONGEST]
        hint = f", such as {plain}" if plain else ""
        raise RecsysError(f"'{name}' cannot be a name: small letters, digits and _ make one, at most {LONGEST}, a letter first{hint}")
    if is_reserved(name):
        raise RecsysError(f"'{name}' is a word of SQL: choose another name, such as {name}_rule")


def _check_free(project: Project, folder: str, name: str, label: str) -> None:
    library = project.library
    taken = library.models.get(f"{folder}.{name}")
    if taken:
        raise RecsysError(f"{folder}.{name} is made by {taken.path} already: choose another name")
    labels = {member.one("label").lower(): f"that of {member.path}" for member in library.models.values() if member.schema == folder and member.is_member}
    if folder == FOLDERS[Kind.segment]:
        labels |= {known.lower(): "an RFM segment's" for known in packaged()}
    if label.lower() in labels:
        raise RecsysError(f"The label '{label}' is {labels[label.lower()]} already: choose another name")


def next_steps(folder: Path, kind: Kind, name: str) -> list[str]:
    """Return what was written into the project ``folder`` and what to do with it, in order."""
    model = folder / "sql" / FOLDERS[kind] / f"{name}.sql"
    there = "" if folder == Path() else f" -p {folder}"
    look = {
        Kind.measure: f"recsys refresh{there}; recsys query \"from similar_items where measure = '{name}'\"{there}",
        Kind.score: f"recsys refresh --set score.weight_{name}=0.5{there} (built only with a weight; keep it under [params.score])",
        Kind.segment: f"recsys refresh{there}; recsys segment {name}{there}",
    }
    what = {Kind.measure: "formula", Kind.score: "score", Kind.segment: "rule"}
    return [
        f"Written: {model} and {name}.spec.md beside it. Next:",
        f"  1. Write the {what[kind]} into {model.name}, and into its header what it is for.",
        f"  2. Write examples into {name}.spec.md until they hold: recsys test -s {name}{there}",
        f"  3. {look[kind]}",
    ]

"""TOML's spellings: values, texts of several lines, and paths as a project file names them."""

import json
import os
from pathlib import Path

from recsys.init.model import Export


def text(value: object) -> str:
    """Return a value in TOML, strings in the quotes that need no escapes."""
    if isinstance(value, list):
        return "[" + ", ".join(text(each) for each in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {text(each)}" for key, each in value.items()) + " }"
    if isinstance(value, bool) or not isinstance(value, str):
        return json.dumps(value)
    if ('"' in value or "\\" in value) and "'" not in value and value.isprintable():
        return f"'{value}'"
    if '"' in value and "'''" not in value and value.isprintable() and value[0] != "'" != value[-1]:
        return f"'''{value}'''"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def block(value: str) -> str:
    """Return a text of several lines in TOML."""
    if "'''" not in value and not value.endswith("'"):
        return f"'''\n{value}\n'''"
    return '"""\n' + value.replace("\\", "\\\\").replace('"""', '\\"\\"\\"') + '\n"""'


def shown_path(path: Path, folder: Path) -> str:
    """Return the path relative to the project, unless that would climb up to the root."""
    shared = Path(os.path.commonpath([path, folder])) if path.anchor == folder.anchor else None
    if shared is None or shared == Path(path.anchor):
        return path.as_posix()
    return Path(os.path.relpath(path, folder)).as_posix()


def origin(export: Export, folder: Path) -> str | list[str]:
    """Return `from`: one path, a glob that finds exactly these files, or the list of them."""
    paths = export.paths
    if len(paths) > 1 and len({path.parent for path in paths}) == 1:
        start = os.path.commonprefix([path.name for path in paths])
        end = os.path.commonprefix([path.name[::-1] for path in paths])[::-1]
        if start and set(paths[0].parent.glob(f"{start}*{end}")) == set(paths):
            return f"{shown_path(paths[0].parent, folder)}/{start}*{end}"
    shown = [shown_path(path, folder) for path in paths]
    return shown[0] if len(shown) == 1 else shown

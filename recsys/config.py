"""Reads recsys.toml: what it may hold is said here, and every slip is answered with the near match."""

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recsys.blocks import Source, canonical, check_timezone, read_block
from recsys.errors import RecsysError, near
from recsys.model import STRATEGY
from recsys.params import load_toml

#: keys of the project file that are values of [project] in params.toml
PROJECT_KEYS = ("timezone", "currency", "amounts_include_tax", "id_type", "unit", "as_of_on", "preset")


@dataclass(frozen=True)
class Config:
    """A project file, checked."""

    folder: Path
    file: Path
    database: Path
    project: dict[str, Any]
    params: dict[str, Any]
    attach: dict[str, str]
    strategies: dict[str, dict[str, str]]
    segments: dict[str, Any]
    sources: list[Source]

    def of(self, kind: str) -> list[Source]:
        return [source for source in self.sources if source.kind == kind]


def read_config(folder: Path, given: dict[str, Any] | None = None) -> Config:
    """Read ``folder``/recsys.toml, or take ``given``, a dict of the same shape.

    Raises:
        RecsysError: the file is missing or wrong somewhere; the message says where and what is near.
    """
    file = folder / "recsys.toml"
    if given is None and not file.is_file():
        raise RecsysError(
            f"There is no recsys.toml in {folder}. `recsys init DIR FILES...` writes one; `recsys demo` shows one."
        )
    text = given if given is not None else load_toml(file)
    kinds = canonical()
    allowed = ("database", *PROJECT_KEYS, "attach", "params", "strategies", "segments", *kinds)
    for key in text:
        if key not in allowed:
            raise RecsysError(f"{file}: unknown key '{key}'.{near(key, allowed)}")
    sources: list[Source] = []
    for kind in kinds:
        blocks = text.get(kind, [])
        if not isinstance(blocks, list):
            raise RecsysError(f"{file}: write [[{kind}]] with two brackets: one block per source")
        for number, block in enumerate(blocks, 1):
            sources.append(read_block(file, kind, number, block))
    if not any(source.kind == "interactions" for source in sources):
        raise RecsysError(f"{file}: no [[interactions]] block: recsys needs at least one source of interactions")
    called: set[tuple[str, str]] = set()
    for source in sources:
        if (source.kind, source.name) in called:
            raise RecsysError(f"{file}: two {source.kind} sources are called '{source.name}': give each its own `name`")
        called.add((source.kind, source.name))
    check_timezone(file, text.get("timezone"))
    if not re.fullmatch(r"[A-Z]{3}", currency := str(text.get("currency", "EUR"))):
        raise RecsysError(f"{file}: currency is an ISO code of three capitals, such as 'EUR', not {currency!r}")
    return Config(
        folder=folder,
        file=file,
        database=_database(folder, file, text),
        # TOML has dates of its own; written as one, a date means the same as in quotes
        project={key: str(text[key]) if isinstance(text[key], dt.date) else text[key] for key in PROJECT_KEYS if key in text},
        params=flat_params(file, text.get("params", {})),
        attach=_attached(file, text.get("attach", {})),
        strategies=_strategies(file, text.get("strategies", {})),
        segments=_segments(file, text.get("segments", {})),
        sources=sources,
    )


def _database(folder: Path, file: Path, text: dict[str, Any]) -> Path:
    database = folder / _text(file, text, "database", "recsys.duckdb")
    if database.resolve().is_relative_to((folder / ".recsys").resolve()):
        raise RecsysError(f"{file}: database: .recsys is the workspace's own; name a file outside it, such as 'recsys.duckdb'")
    return database


def _text(file: Path, table: dict[str, Any], key: str, default: str) -> str:
    value = table.get(key, default)
    if not isinstance(value, str) or not value:
        raise RecsysError(f"{file}: {key} is text, not {value!r}")
    return value


def flat_params(file: Path, params: Any) -> dict[str, Any]:
    if not isinstance(params, dict) or not all(isinstance(table, dict) for table in params.values()):
        raise RecsysError(f"{file}: [params] holds a table per folder: recommendation = {{ top_n = 10 }}")
    return {f"{folder}.{name}": value for folder, table in params.items() for name, value in table.items()}


def _attached(file: Path, attach: Any) -> dict[str, str]:
    if not isinstance(attach, dict) or not all(isinstance(path, str) for path in attach.values()):
        raise RecsysError(f"{file}: [attach] names DuckDB files: shop = \"shop.duckdb\"")
    return attach


def _segments(file: Path, segments: Any) -> dict[str, Any]:
    if not isinstance(segments, dict):
        raise RecsysError(f'{file}: [segments."Large family"] is a table for one segment, with all or any')
    return segments


def _strategies(file: Path, strategies: Any) -> dict[str, dict[str, str]]:
    if not isinstance(strategies, dict) or not all(isinstance(parts, dict) for parts in strategies.values()):
        raise RecsysError(f"{file}: [strategies.\"Champions\"] is a table for one segment, with {', '.join(STRATEGY)}")
    for name, parts in strategies.items():
        for part, words in parts.items():
            if part not in STRATEGY:
                raise RecsysError(f"{file} [strategies.\"{name}\"]: unknown key '{part}'.{near(part, STRATEGY)}")
            if not isinstance(words, str) or not words.strip():
                raise RecsysError(f"{file} [strategies.\"{name}\"]: {part} is text, not {words!r}")
    return strategies

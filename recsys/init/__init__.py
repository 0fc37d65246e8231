"""``recsys init`` looks at exports, writes a commented recsys.toml and says what it could not tell."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from recsys.errors import RecsysError
from recsys.init import exports
from recsys.init.check import check, load_macros
from recsys.init.guess import guess
from recsys.init.ids import take_whole
from recsys.init.joins import align, find_keys
from recsys.init.layouts import recognise
from recsys.init.load import NATIVE
from recsys.init.missing import ask, take_times
from recsys.init.model import Source
from recsys.init.settings import project_settings
from recsys.init.statuses import take_statuses
from recsys.init.write import write
from recsys.limits import limit

__all__ = ["Guess", "init"]


@dataclass
class Guess:
    """What init came to: the text it wrote, what it guessed, and what it could not tell."""

    toml: str = ""
    said: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)


def init(folder: Path, inputs: list[Path], *, force: bool = False) -> Guess:
    """Write ``folder``/recsys.toml for the exports in ``inputs``, files or folders.

    Raises:
        RecsysError: recsys.toml is there already and not ``force``; an input is missing or, where a file was
            named, no readable table; nothing at all could be recognised.
    """
    folder = Path(folder).resolve()
    target = folder / "recsys.toml"
    if target.exists() and not force:
        raise RecsysError(f"{target} exists already. Use --force to overwrite it, or name another folder.")
    if not inputs:
        raise RecsysError("Name the files or folders with your exports: recsys init DIR FOLDER_OR_FILES...")
    result = Guess()
    with TemporaryDirectory() as temp, duckdb.connect() as con:
        limit(con)
        con.execute(f"set temp_directory = '{temp}'")
        con.execute("set enable_progress_bar = false")
        load_macros(con)
        found = exports.find(con, [Path(each) for each in inputs], Path(temp), result.said, result.unsure)
        sources = understand(found, result)
        settings, currencies = project_settings(sources, result.unsure)
        result.toml = write(sources, settings, folder, currencies)
    result.said, result.unsure = list(dict.fromkeys(result.said)), list(dict.fromkeys(result.unsure))
    folder.mkdir(parents=True, exist_ok=True)
    target.write_text(result.toml, encoding="utf-8")
    return result


def understand(found: list[exports.Export], result: Guess) -> list[Source]:
    """Return the sources of all exports, checked; what makes none is said."""
    sources: list[Source] = []
    for export in found:
        known = recognise(export)
        if known == []:
            result.said.append(f"{export.label}: not needed.")
        elif known is None:
            guessed = guess(export)
            known = [guessed] if guessed else []
            if not guessed:
                columns = ", ".join(list(export.columns)[:8])
                result.unsure.append(
                    f"{export.label} has no line with the names of its columns: left out. Add one, or map it "
                    f"by hand with format = {{ header = false, columns = [{len(export.columns)} names] }}."
                    if export.format.get("header") is False else
                    f"{export.label} ({columns}) fits no kind of input: "
                    "left out. Campaign files come later; anything else can be mapped by hand."
                )
        if (
            export.reader == "csv"
            and export.format["encoding"] not in NATIVE
            and any(each.query for each in known)
        ):
            known = [each for each in known if not each.query]
            result.unsure.append(
                f"{export.label} is written in {export.format['encoding']}, which queries over it cannot "
                "read: item names on its lines are not used. Save it as UTF-8 and run init again."
            )
        sources += known
    sources = align(sources, result.unsure)
    take_times(sources)
    take_statuses(sources)
    take_whole(sources)
    sources = [source for source in sources if check(source, result.unsure)]
    names: Counter[str] = Counter()
    for source in sources:
        find_keys(source, result.unsure)
        result.unsure += source.doubts
        names[source.name] += 1
        if names[source.name] > 1:
            source.name += f"_{names[source.name]}"
        how = f"recognised as {source.recognised}" if source.recognised else "guessed"
        result.said.append(
            f"{source.export.label} ({source.export.rows:,} rows): {source.kind}, {how}: "
            + ", ".join([*source.columns, *source.constants])
            + "."
        )
    result.unsure[:0] = [sentence for source in sources for sentence in ask(source, sources)]
    if not sources:
        reasons = " ".join(result.unsure or ["There is no CSV, parquet, JSON or DuckDB file in it."])
        reasons = " ".join([reasons, *result.said])  # of what was ignored or is not needed
        raise RecsysError(f"Nothing could be recognised as users, items or what they did. {reasons}")
    if not any(source.kind == "interactions" for source in sources):
        result.unsure.append(
            "There are no interactions (purchases, clicks, ratings): recsys needs at least one such source."
        )
    return sources

"""One table exported twice, such as events.csv and events.parquet: of such files one is taken, or everything would count twice."""

from pathlib import Path

from recsys.init.model import Export

PREFERRED = ("parquet", "csv", "json")
PACKED = (".gz", ".zst")


def without_copies(exports: list[Export], unsure: list[str]) -> list[Export]:
    """Return the exports without files of which another of their folder has the name and all columns, and say which.

    The fuller is taken; of equal ones the parquet, which knows its types, and what is not packed.
    """
    files = [(path, export) for export in exports if export.format.get("header", True) for path in export.paths]
    kept: list[tuple[Path, Export]] = []
    for path, export in sorted(files, key=_last):
        taken = next((each for each in kept if _bare(each[0]) == _bare(path) and _names(export) <= _names(each[1])), None)
        if taken is None:
            kept.append((path, export))
            continue
        export.paths.remove(path)
        found = f"{path.name} has the name and the columns of {taken[0].name}: taken for the same rows and left out"
        taken[1].notes.append(found)
        unsure.append(f"{found}. If they are others, rename the file and run init again.")
    return [export for export in exports if export.paths]


def _last(file: tuple[Path, Export]) -> tuple[int, int, bool, str]:
    path, export = file
    return -len(export.columns), PREFERRED.index(export.reader), path.name.lower().endswith(PACKED), str(path)


def _bare(path: Path) -> Path:
    """Return the file without what says how it is written."""
    return (path.with_suffix("") if path.name.lower().endswith(PACKED) else path).with_suffix("")


def _names(export: Export) -> set[str]:
    return {name.lower() for name in export.columns}

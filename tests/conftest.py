"""What the test files share."""

import datetime as dt
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from filelock import FileLock

ROOT = Path(__file__).resolve().parents[1]
if importlib.util.find_spec("recsys") is None:
    sys.path.insert(0, str(ROOT))

from tests_support import installed  # noqa: E402

from recsys.build import Builder, Built  # noqa: E402
from recsys.config import read_config  # noqa: E402
from recsys.engine import scratch  # noqa: E402
from recsys.library import Library, bundled, load_library  # noqa: E402
from recsys.params import Params  # noqa: E402
from recsys.plan import Plan, make_plan  # noqa: E402
from recsys.project import Project  # noqa: E402
from recsys.settings import project_params  # noqa: E402
from recsys.sources import prepare, run_context  # noqa: E402
from recsys.specrun import SpecRunner  # noqa: E402

if "PYTEST_XDIST_WORKER" in os.environ:  # a worker for each core, so each of their databases keeps to one
    os.environ.setdefault("RECSYS_THREADS", "1")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell has it for what runs in the background, and all that it starts
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if os.name != "posix" and item.get_closest_marker("posix"):
            item.add_marker(pytest.mark.skip(reason="needs what Linux and macOS have: see `posix` in pyproject.toml"))


@pytest.fixture(scope="session")
def library() -> Library:
    """The packaged models."""
    return load_library()


@pytest.fixture(scope="session")
def spec_runner(library: Library) -> SpecRunner:
    """An empty workspace with every packaged model, in which worked examples run."""
    return SpecRunner(library)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of larger data sets, which lies beside the repository where there is one."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"needs the data sets in {folder}")
    return folder


@pytest.fixture(scope="session")
def once(tmp_path_factory) -> Callable[[str, Callable[[Path], None]], Path]:
    """Return a function that has a folder filled once, whichever of pytest's processes comes first."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent

    def fill(name: str, function: Callable[[Path], None]) -> Path:
        folder, mark = base / name, base / f"{name}.done"
        with FileLock(base / f"{name}.lock"):
            if not mark.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                try:
                    function(folder)
                    mark.write_text("")
                except pytest.skip.Exception as skipped:  # nor do the other processes wait for it again
                    mark.write_text(str(skipped))
        if why := mark.read_text():
            pytest.skip(why)
        return folder

    return fill


@pytest.fixture(scope="session")
def handmade(once) -> Path:
    """The handmade project, refreshed once. For reading: who changes it takes a copy."""

    def fill(folder: Path) -> None:
        shutil.copytree(bundled("data") / "handmade", folder, dirs_exist_ok=True)
        Project(folder).refresh()

    return once("handmade", fill)


MOVIELENS = """
[[interactions]]
from = "{data}/ratings.csv"
[interactions.columns]
user_id = "userId"
item_id = "movieId"
rating = "rating"
occurred_at = "timestamp"

[[items]]
from = "{data}/movies.csv"
[items.columns]
item_id = "movieId"
name = "title"
tags = "genres"
"""


@pytest.fixture(scope="session")
def movielens(once, shared_data) -> Path:
    """MovieLens as a project, refreshed once. For reading."""

    def fill(folder: Path) -> None:
        text = MOVIELENS.format(data=(shared_data / "ml-latest-small").as_posix())
        (folder / "recsys.toml").write_text(text, encoding="utf-8")
        Project(folder).refresh()

    return once("movielens", fill)


@pytest.fixture(scope="session")
def with_packages(once) -> Callable[..., dict[str, str]]:
    """Return a function from packages to the environment in which this Python imports them before its own."""

    def find(*packages: str) -> dict[str, str]:
        words = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"]
        name = "-".join(package.replace("==", "-").replace("*", "x") for package in packages)
        folder = once(f"packages-{name}", lambda folder: installed(*words, folder, *packages))
        return {**os.environ, "PYTHONPATH": str(folder)}

    return find


@pytest.fixture(scope="session")
def duckdb_of(with_packages) -> Callable[[str], dict[str, str]]:
    """Return a function from a version such as "1.4" to the environment in which this Python has that DuckDB."""

    def find(version: str) -> dict[str, str]:
        is_mine = duckdb.__version__.startswith(f"{version}.")
        return dict(os.environ) if is_mine else with_packages(f"duckdb=={version}.*")

    return find


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Callable[[int], Path]]:
    """Return a function that mounts a disk of so many bytes, or makes it that large."""
    disk = tmp_path / "disk"

    def size(count: int) -> Path:
        options = "remount," if disk.is_mount() else ""
        disk.mkdir(exist_ok=True)
        installed("mount", "-t", "tmpfs", "-o", f"{options}size={count}", "tmpfs", disk)
        return disk

    yield size
    if disk.is_mount():
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


class Tiny:
    """A library of a few small models in a folder of its own, and a workspace to build it in.

    Args of `model`: the select, and header lines as keywords (a list where a key stands several times).
    """

    def __init__(self, folder: Path) -> None:
        self.root = folder / "sql"
        self.root.mkdir()
        self.params("")
        self.con = duckdb.connect()

    def params(self, text: str) -> None:
        (self.root / "params.toml").write_text(text, encoding="utf-8")

    def model(self, table: str, select: str, *, file: str = "", root: Path | None = None, **keys: Any) -> Path:
        schema, name = table.split(".")
        folder = (root or self.root) / schema
        folder.mkdir(parents=True, exist_ok=True)
        lines = [
            f"{key}: {value}"
            for key, values in {"grain": "id", **keys}.items()
            for value in (values if isinstance(values, list) else [values])
        ]
        path = folder / (file or f"{name}.sql")
        path.write_text(f"/*\nA tiny {name}.\n\n" + "\n".join(lines) + f"\n*/\n{select}\n", encoding="utf-8")
        return path

    def library(self, own: Path | None = None) -> Library:
        return load_library(own, self.root)

    def plan(self, params: Params | None = None, *, own: Path | None = None, run_id: int = 1, **options: Any) -> Plan:
        library = self.library(own)
        run = {"run_id": run_id, "run_at": dt.datetime(2024, 1, 1)}
        return make_plan(library, params or library.params(), run, **options)

    def build(self, tick: Callable[[int, int], None] = lambda done, total: None, **options: Any) -> dict[str, Built]:
        """Build everything; return what became of each table."""
        self.builder = Builder(self.con)
        return {node.table: self.builder.build(node, tick) for node in self.plan(**options).nodes.values()}

    def rows(self, table: str) -> list[tuple]:
        return self.con.sql(f"from {table} order by all").fetchall()


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    return Tiny(tmp_path)


class Loaded:
    """The raw models of a project, each built when it is first looked at."""

    def __init__(self, con: duckdb.DuckDBPyConnection, plan: Plan) -> None:
        self.con, self.waiting, self.builder = con, dict(plan.nodes), Builder(con)

    def rows(self, *columns: str, of: str = "interactions") -> list[tuple]:
        """Return the columns of a raw table in reading order."""
        self.build(f"raw.{of}")
        order = "all" if of == "files" else "source, source_row"
        return self.con.sql(f"select {', '.join(columns)} from raw.{of} order by {order}").fetchall()

    def unreadable(self, *columns: str) -> list[tuple]:
        """Return the columns of the lines that could not be read."""
        self.build(*list(self.waiting))
        return self.con.sql(f"select {', '.join(columns)} from raw.unreadable_lines order by all").fetchall()

    def build(self, *tables: str) -> None:
        for table in tables:
            if node := self.waiting.pop(table, None):
                self.builder.build(node)

    def column(self, name: str, of: str = "interactions") -> list[Any]:
        return [row[0] for row in self.rows(name, of=of)]


@pytest.fixture
def load(tmp_path: Path, library: Library) -> Iterator[Callable[..., Loaded]]:
    """Return a function that writes files into a project folder and really reads its sources.

    It takes {name: content} and the keys of a project file; where those name no interactions, a
    single one is made up.
    """
    raw = replace(library, models={name: model for name, model in library.models.items() if model.schema == "raw"})
    with ExitStack() as stack:

        def run(files: dict[str, str | bytes] | None = None, **given: Any) -> Loaded:
            for name, content in (files or {}).items():
                file = tmp_path / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content if isinstance(content, bytes) else content.encode())
            one = {"name": "one", "query": "select 'u' as u, 'i' as i", "columns": {"user_id": "u", "item_id": "i"}}
            config = read_config(tmp_path, {"interactions": [one], **given})
            params = project_params(raw, config, {})
            con, temp = stack.enter_context(scratch(raw, config))
            plan = make_plan(raw, params, run_context(prepare(con, config, params, temp), config, 1, dt.datetime(2024, 1, 1)))
            return Loaded(con, plan)

        yield run

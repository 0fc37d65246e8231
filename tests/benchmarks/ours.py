"""Our side: a project on the same file, prepared up to what a kernel reads; then only that kernel's models are built."""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import numpy as np

from recsys import Project
from recsys.build import Builder
from recsys.engine import start_engine
from recsys.params import parse_set
from recsys.plan import Plan, make_plan, narrowed
from recsys.refresh import utc_now
from recsys.sources import no_inputs, run_context
from recsys.workspace import Paths, lock, open_workspace

from .works import NEIGHBOURS, TOP_N, Task, Work

#: of each kind of work: the table it ends with, and whose models are timed
ENDS = {
    "kernel": ("similarity.neighbours", ("similarity",)),
    "top10": ("recommendation.personal", ("score", "recommendation")),
}
RATED = """[[interactions]]
from = "{csv}"
[interactions.columns]
user_id = "user"
item_id = "item"
rating = "rating"
occurred_at = "timestamp"
"""
BOUGHT = """[[interactions]]
from = "{csv}"
constants = {{ event_type = "purchase" }}
[interactions.columns]
user_id = "user"
item_id = "item"
occurred_at = "timestamp"
"""


def kind(work: Work) -> str:
    return "kernel" if work.is_kernel else work.name


def settings(task: Task) -> dict[str, object]:
    """Return the parameters with which ours computes what the peers compute: one axis, one measure, one scorer."""
    work = task.spec
    found: dict[str, object] = {
        "similarity.axes": [work.axis],
        "similarity.min_common": 1 if work.measure == "cosine" else 2,
        "similarity.neighbours": NEIGHBOURS,
        "score.item_neighbours": NEIGHBOURS,
        "score.weight_user_neighbours": 0.0,
        "score.weight_content": 0.0,
        "recommendation.top_n": TOP_N,
    }
    if work.measure == "pearson":
        found |= {
            "similarity.weight_pearson": 1.0,
            "similarity.weight_cosine": 0.0,
            "score.measure": "pearson",
        }
    if work.name == "top10":
        found["recommendation.normalise"] = False
    return found | dict(parse_set(text) for text in task.sets)


def project_in(folder: Path, csv: Path) -> Path:
    """Write a recsys.toml on the events into a folder and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with csv.open(encoding="utf-8") as file:
        text = RATED if "rating" in file.readline() else BOUGHT
    (folder / "recsys.toml").write_text(text.format(csv=csv.resolve().as_posix()), encoding="utf-8")
    return folder


def prepared(task: Task) -> Path:
    """Return a project in whose workspace everything is built that the work's models read besides each other."""
    stage = kind(task.spec)
    bare = Project(project_in(Path(task.data) / "unbuilt", task.csv), settings=settings(task))
    before = ("raw", "staging", "profile", "macros", *(["similarity"] if stage == "top10" else []))
    folder = Path(task.data) / f"prepared-{stage}-{_fingerprint(bare.library.root, before, task.sets)}"
    if not (folder / "done").exists():
        shutil.rmtree(folder, ignore_errors=True)
        project = Project(project_in(folder, task.csv), settings=settings(task))
        timed, plan = _timed(project, stage)
        inputs = set().union(*(plan.inputs[name] for name in timed)) - set(timed)
        project.refresh(select=sorted(inputs), threads=task.threads)
        (folder / "done").touch()
    return folder


def _fingerprint(sql: Path, folders: tuple[str, ...], sets: tuple[str, ...]) -> str:
    """Name what a preparation depends on, so that one made by other models or values is not taken for it."""
    files = [
        file
        for folder in folders
        for file in sorted((sql / folder).iterdir())
        if not file.name.endswith(".spec.md")
    ]
    texts = [file.read_bytes() for file in [*files, sql / "params.toml"]]
    texts += [text.encode() for text in sorted(sets) if text.split(".")[0] in ("project", *folders)]
    return hashlib.sha256(b"".join(texts)).hexdigest()[:12]


def _timed(project: Project, stage: str) -> tuple[list[str], Plan]:
    end, schemas = ENDS[stage]
    run = run_context(no_inputs(project.config), project.config, 1, utc_now())
    plan = narrowed(make_plan(project.library, project.params, run), [end])
    return [name for name in plan.nodes if name.split(".")[0] in schemas], plan


@contextmanager
def opened(project: Project, task: Task) -> Iterator[duckdb.DuckDBPyConnection]:
    paths = Paths(project.folder, project.config.database)
    with lock(paths, "benchmark"), open_workspace(paths, task.memory_limit, task.threads) as con:
        start_engine(con, project.library, project.config)
        yield con


def timed_models(task: Task, timer) -> None:
    """Build the work's models in a copy of the prepared workspace; ``timer`` runs while they are built.

    Checks are left out, as the peers check nothing; in the work `file` they are part of the refresh.
    """
    folder = Path(task.run) / "project"
    shutil.copytree(prepared(task), folder)
    project = Project(folder, settings=settings(task))
    names, plan = _timed(project, kind(task.spec))
    with opened(project, task) as con:
        builder = Builder(con, check=False)
        columns = con.sql(
            "select schema_name || '.' || table_name, column_name from duckdb_columns() where not internal"
        )
        for table, column in columns.fetchall():
            builder.comments.setdefault(table, {})[column] = "made before"
        with timer:
            for name in names:
                builder.build(plan.nodes[name])
        if task.keep:
            _keep(con, task)
    shutil.rmtree(folder)


def _keep(con: duckdb.DuckDBPyConnection, task: Task) -> None:
    if task.spec.is_kernel:
        rows = (
            f"select entity_no - 1 as one, other_entity_no - 1 as other, similarity as value from similarity.neighbours "
            f"where axis = '{task.spec.axis}' and measure = '{task.spec.measure}'"
        )
    else:
        rows = "select user_no - 1 as one, item_no - 1 as other, score as value from recommendation.personal"
    np.savez(task.result, **con.sql(rows).fetchnumpy())


def published(folder: Path) -> dict[str, np.ndarray]:
    """Return one, other, value of the published similar items, by the ids of the file."""
    with Project(folder).connect() as con:
        return con.sql(
            "select cast(item_id as integer) as one, cast(other_item_id as integer) as other, similarity as value "
            "from similar_items"
        ).fetchnumpy()

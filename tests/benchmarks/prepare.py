"""Before the clock: our prepared workspace, and from it the peers' matrix, so that all start from the same numbers."""

import json
from pathlib import Path

import numpy as np
from scipy import sparse

from recsys import Project

from .ours import kind, opened, prepared, project_in, settings
from .works import Task


def prepare(task: Task) -> dict:
    """Make ready what the work starts from.

    Raises:
        RuntimeError: our strengths are not the file's ratings.
    """
    if task.work == "file":
        project_in(Path(task.run), task.csv)
        _add_params(Path(task.run), settings(task))
    else:
        _export(task, prepared(task))
    return {}


def _add_params(folder: Path, values: dict[str, object]) -> None:
    lines = []
    for table in dict.fromkeys(key.split(".")[0] for key in values):
        lines += [f"[params.{table}]"]
        lines += [
            f"{key.split('.')[1]} = {json.dumps(value)}"
            for key, value in values.items()
            if key.startswith(f"{table}.")
        ]
    with (folder / "recsys.toml").open("a", encoding="utf-8") as file:
        file.write("\n".join(["", *lines, ""]))


def _export(task: Task, folder: Path) -> None:
    """Write matrix.npz (users x items, user_no - 1 and item_no - 1) and for scoring neighbours.npz."""
    target = task.neighbours if kind(task.spec) == "top10" else task.matrix
    made_from = target.with_suffix(".from")
    if target.exists() and made_from.exists() and made_from.read_text(encoding="utf-8") == folder.name:
        return
    with opened(Project(folder, settings=settings(task)), task) as con:
        if kind(task.spec) == "top10":
            np.savez(
                task.neighbours,
                **con.sql(
                    "select entity_no - 1 as one, other_entity_no - 1 as other, similarity as value "
                    "from similarity.neighbours where axis = 'item'"
                ).fetchnumpy(),
            )
        _held_against_file(con, task)
        cells = con.sql(
            "select user_no - 1 as user, item_no - 1 as item, strength from profile.user_item"
        ).fetchnumpy()
    matrix = sparse.coo_matrix((cells["strength"].astype(float), (cells["user"], cells["item"]))).tocsr()
    matrix.sort_indices()
    sparse.save_npz(task.matrix, matrix, compressed=False)
    made_from.write_text(folder.name, encoding="utf-8")


def _held_against_file(con, task: Task) -> None:
    """The peers are given our strengths, so these are compared with the file that both stand for."""
    columns = [name for name, *_ in con.sql(f"describe from read_csv('{task.csv}')").fetchall()]
    wanted = "any_value(rating)" if "rating" in columns else "round(log2(1 + count(*)) * 4096) / 4096"
    ((wrong,),) = con.sql(f"""
        with
        wanted as (
            select cast(user as varchar) as user_id, cast(item as varchar) as item_id, {wanted} as strength
            from read_csv('{task.csv}') group by all),
        ours as (
            select users.user_id, items.item_id, user_item.strength
            from profile.user_item
            join profile.users on users.user_no = user_item.user_no
            join profile.items on items.item_no = user_item.item_no)
        select count(*) from wanted full join ours on ours.user_id = wanted.user_id and ours.item_id = wanted.item_id
        where abs(ours.strength - wanted.strength) > 1e-9 or ours.strength is null or wanted.strength is null
    """).fetchall()
    if wrong:
        raise RuntimeError(f"{wrong} strengths in profile.user_item are not those of {task.csv}")

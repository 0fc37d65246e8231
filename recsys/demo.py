"""`recsys demo`: a project on the bundled grocery receipts, refreshed and shown."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from recsys.errors import RecsysError
from recsys.library import bundled
from recsys.output import Format, emit_parts
from recsys.progress import Shown
from recsys.project import Project


def run_demo(folder: Path, say: Callable[[str], None]) -> None:
    """Make the project (or use the one that an earlier demo made), refresh it and print a summary.

    Raises:
        RecsysError: the folder holds something else.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / "recsys.toml").exists():
        raise RecsysError(f"{folder} is not empty and no recsys project: name another folder, `recsys demo DIR`")
    folder.mkdir(parents=True, exist_ok=True)
    for file in sorted(bundled("data").joinpath("groceries").iterdir()):
        if file.suffix in (".parquet", ".toml", ".md") or file.name == "LICENSE":
            target = folder / file.name
            if not target.exists():
                shutil.copy(file, target)
    say(f"A year of grocery receipts lies in {folder}; {folder / 'recsys.toml'} says what the columns mean.")
    project = Project(folder)
    done = project.refresh(Shown())
    say(f"Published {project.config.database} (run {done.run_id}, {len(done.built)} models, {done.seconds:.1f} s)\n")
    emit_parts(_summary(project), Format.table)
    user = _somebody(project)
    print(
        "\nTry next:\n"
        f"  recsys recommend {user} --why -p {folder}\n"
        f"  recsys segment \"Lapsing big spender\" -p {folder}\n"
        f"  recsys query \"from similar_to('{_bestseller(project)}', n := 5)\" -p {folder}"
    )


def _summary(project: Project) -> list[tuple[str, pd.DataFrame]]:
    user = _somebody(project)
    return [
        ("What was read", project.query(
            "select (select count(*) from user_profiles) as users, (select count(*) from item_profiles) as items, "
            "(select count(*) from orders) as orders, cast(sum(read_count) as bigint) as rows_read, "
            "cast(sum(used_count) as bigint) as rows_used, cast(sum(rejected_count) as bigint) as rejected, "
            "sum(read_amount) as read_amount, sum(used_amount) as used_amount "
            "from reconciliation where input = 'interactions'")),
        ("Segments (RFM)", project.query(
            "select segment, user_count, user_share, net_amount_ratio, strategy_objective as what_to_do from segments "
            "where segmentation = 'rfm' and user_count > 0 order by net_amount desc")),
        ("Segments by rule", project.query(
            "select segment, user_count, user_share, net_amount_ratio, strategy_objective as what_to_do from segments "
            "where segmentation = 'rules' and user_count > 0 order by net_amount desc")),
        (f"What household {user} may like to discover", project.query(
            "select rank, item_name, reason from recommendations "
            f"where user_id = '{user}' and list = 'discover' and rank <= 5 order by rank")),
        (f"What household {user} is due to buy again", project.query(
            "select rank, item_name, expected_on, reason from recommendations "
            f"where user_id = '{user}' and list = 'buy_again' and rank <= 5 order by rank")),
    ]


def _somebody(project: Project) -> str:
    """The user with the median number of orders, so that the demo shows nobody special."""
    found = project.query(
        "select user_id from user_profiles where order_count >= (select median(order_count) from user_profiles) "
        "order by order_count, user_id limit 1")
    return found["user_id"][0]


def _bestseller(project: Project) -> str:
    return project.query("select item_id from item_profiles where is_available order by customer_count desc, item_id limit 1")["item_id"][0]

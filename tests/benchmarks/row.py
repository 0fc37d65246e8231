"""What a row of the self-join costs by parts: `python -m tests.benchmarks.row --size 1m`; one thread, the largest tile off the diagonal."""

import argparse
import shutil
import tempfile
import time
from pathlib import Path

from recsys import Project
from recsys.build import Builder
from recsys.kinds import tiles_of

from . import ours
from .works import Task

JOIN = "from theirs inner join mine on mine.shared_no = theirs.shared_no"
NUMBER = "mine.row_no + theirs.column_no"
PRODUCT = "sum(mine.weight * theirs.weight)"
PARTS = {
    "joined": f"select sum({NUMBER}) {JOIN}",
    "and multiplied": f"select sum({NUMBER}), {PRODUCT} {JOIN}",
    "and summed by address": f"select sum(value) from (select {NUMBER} as no, {PRODUCT} as value {JOIN} group by no)",
    "and counted": f"select sum(value + n) from (select {NUMBER} as no, {PRODUCT} as value, count(*) as n {JOIN} group by no)",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default="1m")
    parser.add_argument("--data", default=".benchmarks")
    asked = parser.parse_args()
    data = Path(asked.data) / asked.size / "seed-1"
    with tempfile.TemporaryDirectory(dir=data) as folder:
        task = Task(who="ours", work="item_cosine", size=asked.size, data=str(data), run=folder)
        project = Project(shutil.copytree(ours.prepared(task), Path(folder) / "project"), settings=ours.settings(task))
        names, plan = ours._timed(project, "kernel")
        with ours.opened(project, task) as con:
            builder = Builder(con, check=False, comment=False)
            for name in names[:names.index("similarity.nearest")]:
                builder.build(plan.nodes[name])
            con.execute("set threads = 1")
            node = plan.nodes["similarity.nearest"]
            tile = max((tile for tile in tiles_of(con, node) if tile["is_apart"]), key=lambda tile: tile["joined_row_count"])
            sql = node.tile_sql(tile)
            strips = sql[: sql.index("shared as (")].rstrip().rstrip(",")
            rows = con.sql(f"{strips} select count(*) {JOIN}").fetchall()[0][0]
            for part, select in PARTS.items():
                seconds = []
                for _ in range(5):
                    started = time.perf_counter()
                    con.execute(f"{strips} {select}").fetchall()
                    seconds.append(time.perf_counter() - started)
                print(f"{part:24} {sorted(seconds)[2] * 1e9 / rows:5.1f} ns a row, of {rows:,}")


if __name__ == "__main__":
    main()

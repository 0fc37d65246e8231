"""Before a long run: what it will cost, what a cap would leave out, and that what cannot fit does not begin."""

import json
from pathlib import Path

import pandas as pd
import pytest

from recsys import Project, RecsysError, effort
from recsys.doctor.work import dry_run
from recsys.progress import Silent

ROBOT_ITEMS = 130


def shop(folder: Path, robot_from: int = 0, **settings) -> Project:
    """Thirty shoppers with five of forty items each, and a robot that has looked at everything, the last item last."""
    rows = [(f"u{user}", f"i{(user * 7 + step * step) % 40:03d}", f"2024-01-{step + 1:02d}", 1.0) for user in range(30) for step in range(5)]
    rows += [("robot", f"i{item:03d}", f"2024-0{1 + item // 28}-{1 + item % 28:02d}", 1.0) for item in range(robot_from, ROBOT_ITEMS)]
    frame = pd.DataFrame(rows, columns=["who", "what", "at", "paid"])
    columns = {"user_id": "who", "item_id": "what", "occurred_at": "at", "line_amount": "paid"}
    given = {"currency": "EUR", "interactions": [{"name": "shop", "from": frame, "columns": columns}]}
    return Project(folder, given, {"similarity.min_common": 1, **settings})


def dry(project: Project) -> tuple[dict[str, pd.DataFrame], bool]:
    parts, fits = dry_run(project.config, project.library, project.params, Silent())
    return dict(parts), fits


def test_a_dry_run_of_a_project_that_was_never_refreshed_tells_each_kernel_and_keeps_nothing(tmp_path):
    parts, fits = dry(shop(tmp_path))
    assert fits and list(tmp_path.iterdir()) == []
    work = parts["In numbers"].set_index("kernel")
    assert list(work.index) == ["similar items", "similar users", "scoring"]
    assert work.loc["similar items", "pair_row_count"] == ROBOT_ITEMS**2 + 30 * 25
    assert (work["pair_row_count"] > 0).all() and (work["seconds"] >= 0).all() and (work["memory_mb"] >= 0).all()
    heaviest = parts["Whom the pair rows come from"].iloc[0]
    assert (heaviest["kernel"], heaviest["because_of"], heaviest["shared_id"], heaviest["holder_count"]) == ("similar items", "user", "robot", ROBOT_ITEMS)


def test_what_a_cap_would_leave_out_is_what_it_leaves_out_and_is_said(tmp_path):
    (cost,) = dry(shop(tmp_path / "uncapped"))[0]["What a cap would leave out and save"].to_dict("records")
    assert (cost["parameter"], cost["value"], cost["capped_count"], cost["left_out_count"]) == ("similarity.newest_items_per_user", 100, 1, 30)
    project = shop(tmp_path / "capped", **{cost["parameter"]: cost["value"]})
    built = project.refresh().built
    found = project.query("select source, row_count, example from data_quality where finding = 'capped users'")
    assert found.values.tolist() == [["all sources", 30, "robot (30)"]]
    assert [str(warning) for model in built for warning in model.warnings if "newest 100 items" in str(warning)]
    assert project.query("select count(*) from user_tastes where user_id = 'robot'").shape == (1, 1)
    saved = dry(shop(tmp_path / "uncapped"))[0]["In numbers"]["pair_row_count"][0] - dry(project)[0]["In numbers"]["pair_row_count"][0]
    assert saved == cost["saved_count"] == ROBOT_ITEMS**2 - 100**2


def test_a_cap_changes_likeness_as_leaving_out_the_old_events_would_and_nothing_else(tmp_path):
    capped, whole = shop(tmp_path / "capped", **{"similarity.newest_items_per_user": 100}), shop(tmp_path / "whole")
    without = shop(tmp_path / "without", robot_from=ROBOT_ITEMS - 100)
    for project in (capped, whole, without):
        project.refresh()
    similar = "select item_id, rank, other_item_id, similarity from similar_items order by all"
    assert capped.query(similar).equals(without.query(similar)) and not capped.query(similar).equals(whole.query(similar))
    for table in ("user_profiles", "item_profiles", "user_tastes", "user_segments", "similar_users"):
        assert capped.table(table).equals(whole.table(table)), table


def test_what_goes_beyond_the_limit_does_not_begin_and_the_message_says_what_to_do(tmp_path):
    project = shop(tmp_path, **{"similarity.max_pair_rows": 10_000})
    with pytest.raises(RecsysError) as error:
        project.refresh()
    for words in ("17,650 pair rows for similar items are more than similarity.max_pair_rows (10,000)", "user robot out with is_excluded",
                  "similarity.newest_items_per_user = 100 (saves 39%", 'similarity.axes = ["user"]', "recsys refresh --dry-run"):
        assert words in str(error.value)
    assert not (tmp_path / "recsys.duckdb").exists()
    parts, fits = dry(project)
    assert not fits and list(parts["Work"]["state"]) == ["no", "ok", "ok"]


def test_what_no_memory_can_hold_does_not_begin(tmp_path, monkeypatch):
    monkeypatch.setattr(effort, "PAIR_BYTES", 10**12)
    with pytest.raises(RecsysError, match=r"similar items may take .* GB at once, memory is .* lower similarity.tile_pair_rows"):
        shop(tmp_path).refresh()


def test_where_nobody_can_be_compared_there_is_no_work(tmp_path):
    frame = pd.DataFrame({"who": ["a", "b"], "what": ["x", "y"]})
    project = Project(tmp_path, {"interactions": [{"from": frame, "columns": {"user_id": "who", "item_id": "what"}}]})
    parts, fits = dry(project)
    assert fits and list(parts) == ["Work"] and parts["Work"].empty


def test_a_dry_run_prints_for_programs_too(tmp_path, capsys):
    from recsys.cli import app

    (tmp_path / "sales.csv").write_text("who,what\na,x\na,y\nb,x\nb,y\n", encoding="utf-8")
    (tmp_path / "recsys.toml").write_text('[[interactions]]\nfrom = "sales.csv"\n[interactions.columns]\nuser_id = "who"\nitem_id = "what"\n', encoding="utf-8")
    with pytest.raises(SystemExit) as done:
        app(["refresh", "--dry-run", "--format", "json", "-p", str(tmp_path)])
    assert done.value.code == 0
    assert {row["kernel"] for row in json.loads(capsys.readouterr().out)["In numbers"]} == {"similar items", "similar users", "scoring"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["recsys.toml", "sales.csv"]

"""A refresh is all or nothing, seen from outside: real processes that are killed, interrupted or in each other's way."""

import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from recsys import Project, RecsysError
from recsys.files import open_published
from recsys.library import bundled

STEPS = ["refuse", "candidate", "close", "validate", "fsync", "replace", "mark"]


@pytest.fixture
def folder(handmade, tmp_path) -> Path:
    """A project of its own that was refreshed once."""
    return Path(shutil.copytree(handmade, tmp_path / "project"))


# the command line, but for stdout: there it says how many models there are, and which it comes to
TELLING = """
import sys
from recsys.cli import main
from recsys.progress import Shown
Shown.total = lambda self, count: print("total", count, flush=True)
Shown.model = lambda self, table: print("model", table, flush=True)
Shown.tick = lambda self, done, total: done and print("tick", done, "of", total, flush=True)
main()
"""


def start(folder: Path, *args: str) -> subprocess.Popen:
    words = [sys.executable, "-c", TELLING, *args, "-p", str(folder)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def comes_to(process: subprocess.Popen, sign: str) -> str:
    """Wait until the process says a line that starts with ``sign``; return the rest of it."""
    for line in process.stdout:
        if line.startswith(sign):
            return line.removeprefix(sign).strip()
    raise AssertionError(f"it ended before it came to {sign!r}: {process.communicate()[1]}")


def state(folder: Path) -> tuple[list[int], list[int], int]:
    """(published runs, runs in the history, orders) as a reader sees them."""
    with open_published(folder / "recsys.duckdb") as con:
        runs = [row[0] for row in con.sql("select run_id from meta.runs where is_published order by 1").fetchall()]
        history = [row[0] for row in con.sql("select distinct run_id from reconciliation_history order by 1").fetchall()]
        orders = con.sql("select count(*) from orders").fetchall()[0][0]
    return runs, history, orders


def test_each_refresh_is_one_published_run_with_its_history(folder):
    Project(folder).refresh()
    assert state(folder) == ([1, 2], [1, 2], 24)


def test_a_workspace_of_an_earlier_version_gets_the_columns_that_its_record_lacks(folder):
    with duckdb.connect(str(folder / ".recsys" / "workspace.duckdb")) as con:
        con.execute("alter table meta.models drop column tile_count")
    Project(folder).refresh()
    assert Project(folder).query("select tile_count from meta.models where table_name = 'similarity.nearest'").values[0][0] > 0


def files(folder: Path) -> list[str]:
    """What lies where the file is published, other than the inputs."""
    return sorted(path.name for path in folder.iterdir() if "duckdb" in path.name)


@pytest.mark.posix
def test_killed_at_many_moments_the_last_good_file_stands_and_the_next_refresh_works(folder):
    before = (folder / "recsys.duckdb").read_bytes()
    for share in (0, 0.2, 0.4, 0.6, 0.8, 1):  # each killed refresh finds what the one before left
        process = start(folder, "refresh")
        for _ in range(1 + int(share * int(comes_to(process, "total")))):
            comes_to(process, "model")
        process.kill()
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        assert (folder / "recsys.duckdb").read_bytes() == before
        assert state(folder) == ([1], [1], 24)
    Project(folder).refresh()
    assert state(folder) == ([1, 2], [1, 2], 24)
    assert files(folder) == ["recsys.duckdb"]


@pytest.mark.posix
def test_killed_before_each_step_of_the_protocol_no_runs_are_mixed(folder):
    script = (
        "import os, signal, sys\nfrom recsys import Project\n"
        "def die(name):\n    if name == sys.argv[2]:\n        os.kill(os.getpid(), signal.SIGKILL)\n"
        "Project(sys.argv[1]).refresh(on_step=die)\n"
    )
    for step in STEPS:  # each starts from what the one before left
        done = subprocess.run([sys.executable, "-c", script, str(folder), step], capture_output=True)
        assert done.returncode == -signal.SIGKILL
        runs = [1, 2] if step == "mark" else [1]
        assert state(folder) == (runs, runs, 24), step
    Project(folder).refresh()
    assert state(folder) == ([1, 2, 3], [1, 2, 3], 24)
    assert files(folder) == ["recsys.duckdb"]


def test_a_failing_check_publishes_nothing_and_says_what_to_do(folder):
    before = (folder / "recsys.duckdb").read_bytes()
    with pytest.raises(RecsysError, match=r"too much had to be rejected, most often: missing in Datum \(1\)\."):
        Project(folder, settings={"staging.max_rejected_share": 0.01}).refresh()
    assert (folder / "recsys.duckdb").read_bytes() == before
    Project(folder).refresh()
    assert state(folder)[0] == [1, 2]


@pytest.fixture(scope="module")
def heavy(tmp_path_factory) -> Path:
    """A project whose similarity takes many seconds: 1,500 users with 400 of 1,500 items each."""
    folder = tmp_path_factory.mktemp("heavy")
    con = duckdb.connect()
    con.execute(
        f"copy (select 'u' || u as user_id, 'i' || ((u * 7919 + i * (1 + u % 13)) % 1500) as item_id, 5 as rating "
        f"from range(1500) as us(u), range(400) as ns(i)) to '{folder}/r.parquet'"
    )
    (folder / "recsys.toml").write_text(
        '[[interactions]]\nfrom = "r.parquet"\n[interactions.columns]\nuser_id = "user_id"\nitem_id = "item_id"\nrating = "rating"\n'
    )
    return folder


@pytest.mark.posix
@pytest.mark.alone
@pytest.mark.parametrize("moment", ["model raw.interactions", "model similarity.nearest", "tick"])
def test_ctrl_c_stops_within_two_seconds_and_leaves_no_traceback(heavy, moment):
    process = start(heavy, "refresh")
    comes_to(process, moment)
    time.sleep(0.1)  # into the query that it has just begun
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert time.monotonic() - began < 2
    assert process.returncode == 1
    assert "Traceback" not in errors
    assert "stopped" in errors
    assert not (heavy / "recsys.duckdb").exists()


def test_a_second_refresh_says_who_holds_the_first(heavy):
    first = start(heavy, "refresh")
    try:
        comes_to(first, "model")
        second = start(heavy, "refresh")
        _, errors = second.communicate(timeout=60)
        assert second.returncode == 1
        assert f"process {first.pid}" in errors
    finally:
        first.kill()
        first.communicate()


@pytest.mark.posix
def test_readers_of_the_published_file_do_not_hinder_a_refresh(folder):
    with open_published(folder / "recsys.duckdb") as reader:
        Project(folder).refresh()
        assert reader.sql("select max(run_id) from meta.runs").fetchall() == [(1,)]
    assert state(folder)[0] == [1, 2]


@pytest.mark.parametrize("edit", [
    ("[[interactions]]\n", "[[interactions]]\nwhere = \"1 = 0\"\n"), ("timezone", 'as_of_on = "1990-01-01"\ntimezone'),
])
def test_a_refresh_of_which_nothing_is_left_does_not_replace_what_is_published(folder, edit):
    text = (folder / "recsys.toml").read_text(encoding="utf-8")
    (folder / "recsys.toml").write_text(text.replace(*edit), encoding="utf-8")
    before = (folder / "recsys.duckdb").read_bytes()
    with pytest.raises(RecsysError, match=r"break `input <> 'interactions' or \( select .{0,30} \.\.\.` .*not one event is left"):
        Project(folder).refresh()
    assert (folder / "recsys.duckdb").read_bytes() == before


def test_unknown_thread_counts_or_memory_are_errors_not_tracebacks(folder):
    process = start(folder, "refresh", "--memory-limit", "lots")
    _, errors = process.communicate()
    assert process.returncode == 1
    assert "memory_limit" in errors and "Traceback" not in errors


@pytest.mark.posix
def test_a_full_disk_is_a_clear_error_and_the_last_file_stays(folder):
    before = (folder / "recsys.duckdb").read_bytes()
    script = (
        "import resource, signal, sys\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))\n"
        "sys.argv = ['recsys', 'refresh', '-p', sys.argv[1]]\nfrom recsys.cli import main\nmain()\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(folder)], capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "the disk is full. Free some space" in done.stderr
    assert (folder / "recsys.duckdb").read_bytes() == before
    Project(folder).refresh()
    assert state(folder) == ([1, 2], [1, 2], 24)


@pytest.mark.posix
def test_a_disk_that_is_really_full_while_building_or_publishing_is_a_clear_error(folder, small_disk):
    disk = small_disk(200_000)
    project = Path(shutil.copytree(bundled("data") / "handmade", disk / "project"))
    process = start(project, "refresh")
    _, errors = process.communicate()
    assert process.returncode == 1 and "Traceback" not in errors
    assert re.search("workspace.duckdb: the disk is full. .*What is published stays as it was", errors)
    shutil.rmtree(project)
    needed = sum(file.stat().st_size for file in folder.rglob("*"))
    small_disk(needed + 1_000_000)
    project = Path(shutil.copytree(folder, disk / "project"))
    process = start(project, "refresh")
    _, errors = process.communicate()
    assert process.returncode == 1 and "Traceback" not in errors
    assert re.search("recsys.duckdb.next cannot be written: the disk is full. .*recsys.duckdb is as it was", errors)
    assert (project / "recsys.duckdb").read_bytes() == (folder / "recsys.duckdb").read_bytes()
    small_disk(20 * needed)
    Project(project).refresh()
    assert state(project) == ([1, 2], [1, 2], 24)


def test_a_frame_refreshes_as_a_file_does(tmp_path):
    frame = pd.DataFrame({"who": ["a", "a", "b"], "what": ["x", "y", "x"], "paid": [1.5, 2.5, 3.0]})
    config = {"interactions": [{"from": frame, "columns": {"user_id": "who", "item_id": "what", "line_amount": "paid"}}]}
    project = Project(tmp_path, config)
    project.refresh()
    assert project.table("orders")["net_amount"].sum() == 7.0


def test_a_refund_file_that_knows_order_ids_only_takes_money_off_the_buyers_orders(tmp_path):
    sales = pd.DataFrame({"who": ["a", "b"], "what": ["x", "y"], "paid": [10.0, 20.0], "receipt": ["r1", "r2"]})
    refunds = pd.DataFrame({"receipt": ["r2"], "back": [5.0]})
    config = {
        "interactions": [
            {"name": "till", "from": sales, "columns": {
                "user_id": "who", "item_id": "what", "line_amount": "paid", "order_id": "receipt"}},
            {"name": "refunds", "from": refunds, "constants": {"event_type": "refund"},
             "columns": {"original_order_id": "receipt", "line_amount": "back"}},
        ]
    }
    project = Project(tmp_path, config)
    project.refresh()
    assert dict(project.query("select user_id, net_amount from user_profiles").itertuples(index=False)) == {"a": 10.0, "b": 15.0}
    assert project.query("select sum(used_count), sum(unidentified_count) from reconciliation").values.tolist() == [[3, 0]]


def test_an_event_type_that_nobody_knows_is_reported(tmp_path):
    frame = pd.DataFrame({"who": ["a", "b"], "what": ["x", "x"], "did": ["kauf", "purchase"]})
    config = {"interactions": [{"name": "till", "from": frame, "columns": {"user_id": "who", "item_id": "what", "event_type": "did"}}]}
    project = Project(tmp_path, config)
    project.refresh()
    found = project.query("select row_count, example from data_quality where finding = 'unknown event type'")
    assert found.values.tolist() == [[1, "kauf"]]


@pytest.mark.parametrize("rate", [0.0000365, "0.0000365"])
def test_money_of_small_units_is_converted_to_the_cent(tmp_path, rate):
    sales = pd.DataFrame({"who": ["a"], "what": ["x"], "paid": [1_000_000], "cur": ["VND"]})
    rates = pd.DataFrame({"c": ["VND"], "r": [rate]})
    config = {
        "interactions": [{"name": "till", "from": sales, "columns": {
            "user_id": "who", "item_id": "what", "line_amount": "paid", "currency": "cur"}}],
        "exchange_rates": [{"name": "rates", "from": rates, "columns": {"currency": "c", "rate": "r"}}],
    }
    project = Project(tmp_path, config)
    project.refresh()
    assert project.table("orders")["net_amount"].sum() == 36.5


def test_every_source_is_in_the_reconciliation_even_if_nothing_of_it_could_be_used(tmp_path):
    (tmp_path / "s1.csv").write_text("card,sku\nu1,i1\nu2,i2\n")
    (tmp_path / "s2.csv").write_text("card,sku\nu3,i3,x\n")
    columns = {"user_id": "card", "item_id": "sku"}
    config = {
        "interactions": [
            {"name": "sales", "from": "s*.csv", "columns": columns},
            {"name": "tests", "from": "s1.csv", "where": "card = 'nobody'", "columns": columns},
        ],
        "items": [{"name": "goods", "from": "s1.csv", "where": "sku = 'none'", "columns": {"item_id": "sku"}}],
    }
    project = Project(tmp_path, config, {"staging.max_rejected_share": 0.5})
    built = project.refresh().built
    found = project.query("select input, source, read_count, used_count, rejected_count from reconciliation order by all")
    assert found.values.tolist() == [
        ["interactions", "sales", 3, 2, 1], ["interactions", "tests", 0, 0, 0], ["items", "goods", 0, 0, 0]]
    assert project.query("select source_file, file_line_no from rejected_rows").values.tolist() == [["s2.csv", 2]]
    warnings = [str(warning) for model in built for warning in model.warnings]
    assert any("nothing was read" in warning for warning in warnings)


SWISS = {"who": "a", "what": "x", "did": "purchase", "paid": "10", "cur": "CHF", "at": "2024-01-01", "key": "1", "version": "1"}


@pytest.mark.parametrize("what, row, later, is_needed", [
    ("a sale", {}, [], True),
    ("a guest's sale", {"who": ""}, [], True),
    ("a view that shows a price", {"did": "view"}, [], False),
    ("a rejected row", {"at": "soon"}, [], False),
    ("an old copy of a row", {}, [{"cur": "EUR", "version": "2"}], False),
    ("a row that is later", {"at": "2024-03-01"}, [], False),
])
def test_only_money_that_counts_needs_an_exchange_rate(tmp_path, what, row, later, is_needed):
    home = [SWISS | {"cur": "EUR", "key": f"h{number}"} for number in range(30)]
    frame = pd.DataFrame([*home, SWISS | row, *(SWISS | more for more in later)])
    columns = {"user_id": "who", "item_id": "what", "event_type": "did", "line_amount": "paid", "currency": "cur", "occurred_at": "at"}
    config = {"as_of_on": "2024-02-01", "interactions": [
        {"name": "till", "from": frame, "columns": columns, "key": "key", "latest_by": "version"}]}
    project = Project(tmp_path, config)
    if is_needed:
        with pytest.raises(RecsysError, match="currency without a rate: add an .*exchange_rates"):
            project.refresh()
    else:
        project.refresh()
        assert project.table("reconciliation")["net_amount"].sum() == 300 + 10 * len(later)


@pytest.mark.parametrize("includes, findings", [(True, ["tax stated otherwise"]), (False, [])])
def test_whether_amounts_include_tax_is_checked_against_order_totals_and_published(tmp_path, includes, findings):
    sales = pd.DataFrame({"who": ["a", "b"], "what": ["x", "y"], "paid": [100.0, 50.0], "tax": [19.0, 9.5], "receipt": ["r1", "r2"]})
    orders = pd.DataFrame({"receipt": ["r1", "r2"], "total": [119.0, 59.5]})
    config = {
        "amounts_include_tax": includes,
        "interactions": [{"name": "till", "from": sales, "columns": {
            "user_id": "who", "item_id": "what", "line_amount": "paid", "tax_amount": "tax", "order_id": "receipt"}}],
        "orders": [{"name": "heads", "from": orders, "columns": {"order_id": "receipt", "order_total_amount": "total"}}],
    }
    project = Project(tmp_path, config)
    project.refresh()
    found = project.query("select finding, row_count from data_quality where finding in ('tax stated otherwise', 'order total differs')")
    assert found.values.tolist() == [[name, 2] for name in findings]
    comments = dict(project.query(
        "select column_name, comment from duckdb_columns() where table_name = 'orders' and column_name in ('net_amount', 'gross_amount', 'tax_amount')"
    ).itertuples(index=False))
    assert len(comments) == 3
    assert all(comment.endswith(str(includes).lower()) for comment in comments.values())


def test_an_item_keeps_its_name_when_its_flag_cannot_be_read(tmp_path):
    sales = pd.DataFrame({"who": ["a", "b"], "what": ["x", "y"], "paid": [1.0, 2.0]})
    items = pd.DataFrame({"sku": ["x", "y"], "title": ["Tea", "Mug"], "flag": ["yes", "perhaps"]})
    config = {
        "interactions": [{"name": "till", "from": sales, "columns": {"user_id": "who", "item_id": "what", "line_amount": "paid"}}],
        "items": [{"name": "list", "from": items, "columns": {"item_id": "sku", "name": "title", "is_recommendable": "flag"}}],
    }
    project = Project(tmp_path, config)
    project.refresh()
    found = project.query("select item_name, is_recommendable from item_profiles order by item_id")
    assert found.values.tolist() == [["Tea", True], ["Mug", True]]
    assert project.query("select row_count, example from data_quality where finding = 'unreadable value'").values.tolist() == [
        [1, "neither yes nor no in flag"]]
    assert project.query("select used_count, rejected_count from reconciliation where input = 'items'").values.tolist() == [[2, 0]]


@pytest.mark.parametrize("name", ["net_amount", "ORDER_COUNT", "user_no", "rfm_segment"])
def test_an_attribute_called_like_a_column_of_ours_is_refused_by_name(tmp_path, name):
    frame = pd.DataFrame({"u": ["ann"], "i": ["tea"], "x": ["1"]})
    with pytest.raises(RecsysError, match=rf"\[\[users\]\].*'{name}' is a column that recsys makes.*crm_{name.lower()}"):
        Project(tmp_path, {"interactions": [{"from": frame, "columns": {"user_id": "u", "item_id": "i"}}],
                           "users": [{"from": frame, "columns": {"user_id": "u", name: "x"}}]})

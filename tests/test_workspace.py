"""The lock, the workspace and the undoing of runs that were never published."""

import multiprocessing
import os
import signal
import threading
import time

import duckdb
import pytest

from recsys.errors import RecsysError
from recsys.files import open_published
from recsys.publish import publish
from recsys.recovery import recover
from recsys.workspace import Paths, lock, open_workspace

SPAWN = multiprocessing.get_context("spawn")
HISTORY = "segment.segment_log"
MACROS = """
create macro from_n(first) as table select n, run_id from a where n >= first;
create macro twice(x) as 2 * x;
"""
ORDER_BY = {"a": "n", "b": "run_id, segment"}


def small_refresh(paths, on_step=lambda name: None, *, republish=False, rows=20, rest="", order_by=ORDER_BY):
    """Do what a refresh does, as small as can be; return (run_id, what recover did)."""
    with lock(paths, "refresh"), open_workspace(paths, threads=2) as con:
        con.execute(
            "create schema if not exists meta; create schema if not exists mart;"
            "create schema if not exists segment;"
            "create table if not exists meta.runs (run_id bigint, started_at timestamp,"
            " finished_at timestamp, recsys_version varchar, duckdb_version varchar, is_published boolean);"
            f"create table if not exists {HISTORY} (run_id bigint, segment varchar)")
        note = recover(con, paths, [HISTORY, "segment.not_built_yet"], republish=republish)
        run = con.execute("select coalesce(max(run_id), 0) + 1 from meta.runs").fetchall()[0][0]
        con.execute("insert into meta.runs values (?, now()::timestamp, null, '0', version(), false)", [run])
        con.execute(f"insert into {HISTORY} values ({run}, 'champions'), ({run}, 'lost')")
        con.execute(f"create or replace table mart.a as select range as n, {run} as run_id, uuid() as filler "
                    f"from range({rows}) order by hash(range)")
        con.execute(f"create or replace view mart.b as select run_id, segment from {HISTORY}")
        con.execute("comment on table mart.a is 'it''s \"a\"'; comment on column mart.a.n is 'the n''th';"
                    "comment on view mart.b is 'history'; comment on column mart.b.segment is 'a segment';"
                    "comment on table meta.runs is 'refreshes';"
                    "comment on column meta.runs.run_id is 'number'")
        con.execute(rest)
        publish(con, paths, run, order_by, MACROS, on_step)
    return run, note


def seen(paths):
    """Return what a reader finds: the run of table a, the runs of view b, the commit record."""
    with open_published(paths.published) as con:
        return tuple(
            [row[0] for row in con.execute(f"select distinct run_id from {table} order by run_id").fetchall()]
            for table in ("a", "b", "meta.runs"))


def history(paths):
    """Return the runs that the workspace's history knows, and those it takes for published."""
    with open_workspace(paths, read_only=True) as con:
        return tuple(
            [row[0] for row in con.execute(f"select distinct run_id from {source} order by 1").fetchall()]
            for source in (HISTORY, "meta.runs where is_published"))


def abandoned_run(paths):
    """Leave a run behind that was not published."""
    def stop(name):
        raise ZeroDivisionError
    with pytest.raises(ZeroDivisionError):
        small_refresh(paths, stop)


def refused(message):
    """Expect the error that users see, with ``message`` in it."""
    return pytest.raises(RecsysError, match=message)


def hold_lock(paths, ready):
    with lock(paths, "refresh"):
        ready.set()
        time.sleep(60)


def hold_workspace(paths, ready):
    with open_workspace(paths):
        ready.set()
        time.sleep(60)


@pytest.fixture
def paths(tmp_path):
    return Paths(tmp_path, tmp_path / "recsys.duckdb")


@pytest.fixture
def process():
    """Start a function in a process of its own, wait until it says that it is ready, kill it at the end."""
    started = []

    def start(function, *args):
        ready = SPAWN.Event()
        child = SPAWN.Process(target=function, args=(*args, ready), daemon=True)
        child.start()
        started.append(child)
        assert ready.wait(30)
        return child

    yield start
    for child in started:
        child.kill()
        child.join()


def test_a_second_refresh_is_refused_and_told_who_holds_the_lock(paths, process):
    child = process(hold_lock, paths)
    with refused(rf"process {child.pid} on host .+ since .+ UTC \(refresh\)\. Wait"), \
            lock(paths, "refresh"):
        pass


@pytest.mark.posix
def test_a_killed_holder_frees_the_lock_and_its_name_misleads_nobody(paths, process):
    child = process(hold_lock, paths)
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    assert paths.holder.exists()
    me = rf"process {os.getpid()} on host .+\(demo\)"
    with lock(paths, "demo"), refused(me), lock(paths, "refresh"):
        pass
    assert not paths.holder.exists()


def test_the_lock_is_free_again_after_an_error(paths):
    with pytest.raises(ZeroDivisionError), lock(paths, "refresh"):
        raise ZeroDivisionError
    with lock(paths, "refresh"):
        pass


def test_a_folder_that_cannot_hold_a_workspace_is_a_clear_error(tmp_path):
    file = tmp_path / "file"
    file.write_text("not a folder")
    with refused("file/.recsys cannot be written: Not a directory"), \
            lock(Paths(file, tmp_path / "recsys.duckdb"), "refresh"):
        pass


def test_a_workspace_held_by_another_process_is_an_error_that_names_it(paths, process):
    paths.state.mkdir()
    child = process(hold_workspace, paths)
    with refused(f"workspace.duckdb is held by process {child.pid} "), open_workspace(paths):
        pass


def test_a_workspace_open_twice_in_one_process_is_a_clear_error(paths):
    paths.state.mkdir()
    with open_workspace(paths), refused("is open elsewhere"), open_workspace(paths):
        pass


def test_a_file_that_is_no_workspace_is_reported_and_left_alone(paths):
    paths.state.mkdir()
    paths.workspace.write_text("junk" * 5000)
    with refused("workspace.duckdb is not a DuckDB file. Put back a copy, or delete it"), \
            open_workspace(paths):
        pass
    assert paths.workspace.read_text() == "junk" * 5000


def test_a_workspace_killed_before_its_first_byte_is_made_anew(paths):
    paths.state.mkdir()
    paths.workspace.touch()
    with open_workspace(paths) as con:
        assert con.execute("select current_database()").fetchall() == [("workspace",)]


def test_the_workspace_closes_cleanly_after_an_error_inside_a_transaction(paths):
    paths.state.mkdir()
    with pytest.raises(KeyboardInterrupt), open_workspace(paths) as con:
        con.execute("create table kept as select 1 as x")
        con.execute("begin")
        con.execute("create table lost as select 1 as x")
        con.execute("from range(1000000)")  # a result that no one fetched
        raise KeyboardInterrupt
    assert [file.name for file in paths.state.iterdir()] == ["workspace.duckdb"]
    with open_workspace(paths) as con:
        assert con.execute("select table_name from duckdb_tables()").fetchall() == [("kept",)]


def test_what_was_committed_before_ctrl_c_is_there_although_a_long_log_is_left_for_the_next_to_merge(paths):
    paths.state.mkdir()
    with pytest.raises(KeyboardInterrupt), open_workspace(paths) as con:
        con.execute("create table kept as select range as x from range(100)")
        for _ in range(1000):
            con.execute("insert into kept select range from range(100)")
        raise KeyboardInterrupt
    assert sorted(file.name for file in paths.state.iterdir()) == ["workspace.duckdb", "workspace.duckdb.wal"]
    with open_workspace(paths) as con:
        assert con.execute("select count(*) from kept").fetchall() == [(100_100,)]
    assert [file.name for file in paths.state.iterdir()] == ["workspace.duckdb"]


def interrupted_many_times(paths):
    endless = "select sum(hash(range)) from range(1000000000000)"
    for _ in range(12):
        began = time.monotonic()
        with pytest.raises(KeyboardInterrupt), open_workspace(paths, threads=2) as con:
            threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
            con.execute(f"create table lost as {endless}")
        assert time.monotonic() - began < 2
    with pytest.raises(KeyboardInterrupt), open_workspace(paths):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(5)  # Python's own time, outside any query
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(5)  # and outside the workspace
    with open_workspace(paths) as con:
        assert con.execute("select count(*) from duckdb_tables()").fetchall() == [(0,)]


@pytest.mark.posix
@pytest.mark.alone
def test_ctrl_c_stops_a_query_at_once_every_time_and_leaves_a_usable_workspace(paths):
    paths.state.mkdir()
    child = SPAWN.Process(target=interrupted_many_times, args=(paths,), daemon=True)
    child.start()
    child.join(60)
    child.kill()
    child.join()
    assert child.exitcode == 0


def test_leftovers_of_a_killed_run_are_gone_at_the_next_start(paths):
    paths.state.mkdir()
    paths.temp.mkdir()
    leftovers = [paths.candidate, paths.published.with_name("recsys.duckdb.next.wal"), paths.temp / "spilled"]
    bystander = paths.published.with_name("recsys.duckdb.next_year")
    for file in [*leftovers, bystander]:
        file.write_text("left")
    with open_workspace(paths):
        assert not any(file.exists() for file in leftovers)
        assert bystander.exists()


def test_the_workspace_has_the_settings_that_models_count_on(paths):
    paths.state.mkdir()
    (paths.folder / "export.csv").write_text("id\n7\n")
    with open_workspace(paths, memory_limit="1GiB", threads=1) as con:
        names = ("TimeZone", "threads", "memory_limit", "preserve_insertion_order", "temp_directory")
        values = [con.execute("select value from duckdb_settings() where name = ?", [name]).fetchall()[0][0]
                  for name in names]
        assert values == ["UTC", "1", "1.0 GiB", "true", str(paths.temp)]
        assert con.execute("select id from 'export.csv'").fetchall() == [(7,)]


def test_what_the_environment_says_holds_unless_a_run_is_told_otherwise(paths, monkeypatch):
    paths.state.mkdir()
    monkeypatch.setenv("RECSYS_THREADS", "3")
    monkeypatch.setenv("RECSYS_MEMORY_LIMIT", "2GiB")
    settings = "select current_setting('threads'), current_setting('memory_limit')"
    with open_workspace(paths) as con:
        assert con.execute(settings).fetchall() == [(3, "2.0 GiB")]
    with open_workspace(paths, memory_limit="1GiB", threads=2) as con:
        assert con.execute(settings).fetchall() == [(2, "1.0 GiB")]
    monkeypatch.setenv("RECSYS_THREADS", "many")
    with refused("RECSYS_THREADS = many: "), open_workspace(paths):
        pass


@pytest.mark.parametrize("setting", [{"memory_limit": "lots"}, {"threads": 0}])
def test_a_setting_that_duckdb_refuses_is_named(paths, setting):
    paths.state.mkdir()
    with refused(f"{next(iter(setting))} = "), open_workspace(paths, **setting):
        pass


def test_looking_at_the_workspace_changes_nothing_and_needs_one(paths):
    with refused("run `recsys refresh`"), open_workspace(paths, read_only=True):
        pass
    small_refresh(paths)
    paths.candidate.write_text("someone is at work")
    with open_workspace(paths, read_only=True) as con:
        assert con.execute("select count(*) from mart.a").fetchall() == [(20,)]
        with pytest.raises(duckdb.Error, match="read-only"):
            con.execute("drop table mart.a")
    assert paths.candidate.exists()


def test_a_run_that_was_not_published_is_undone(paths):
    small_refresh(paths)
    abandoned_run(paths)
    assert history(paths) == ([1, 2], [1])
    assert small_refresh(paths) == (2, "undid run 2, not in recsys.duckdb: 2 history rows")
    assert history(paths) == ([1, 2], [1, 2])
    assert seen(paths) == ([2], [1, 2], [1, 2])
    assert small_refresh(paths) == (3, None)


def test_a_first_run_that_was_not_published_is_undone(paths):
    abandoned_run(paths)
    assert small_refresh(paths) == (1, "undid run 1, not in recsys.duckdb: 2 history rows")


def test_history_of_a_run_that_is_recorded_nowhere_is_undone(paths):
    small_refresh(paths)
    with open_workspace(paths) as con:
        con.execute(f"insert into {HISTORY} values (9, 'ghost')")
    assert small_refresh(paths) == (2, "undid a run, not in recsys.duckdb: 1 history rows")


def test_a_published_run_that_is_unmarked_is_marked(paths):
    small_refresh(paths)
    with open_workspace(paths) as con:
        con.execute("update meta.runs set is_published = false")
    assert small_refresh(paths) == (2, "marked run 1 as published, found in recsys.duckdb")
    assert history(paths) == ([1, 2], [1, 2])


def test_a_missing_published_file_is_reported_and_built_anew_only_on_demand(paths):
    small_refresh(paths)
    abandoned_run(paths)
    paths.published.unlink()
    with refused("was published by run 1 and is not there. Put it back, or run `recsys ref"):
        small_refresh(paths)
    assert history(paths) == ([1, 2], [1])
    assert small_refresh(paths, republish=True) == (2, "undid run 2, not in recsys.duckdb: 2 history rows")
    assert seen(paths) == ([2], [1, 2], [1, 2])


def test_an_older_published_file_put_back_takes_history_back_to_it(paths):
    small_refresh(paths)
    older = paths.published.read_bytes()
    small_refresh(paths)
    paths.published.write_bytes(older)
    assert small_refresh(paths) == (2, "undid run 2, not in recsys.duckdb: 2 history rows")


def test_a_new_workspace_gives_no_number_twice(paths):
    small_refresh(paths)
    small_refresh(paths)
    paths.workspace.unlink()
    assert small_refresh(paths) == (3, "took over runs 1, 2 from recsys.duckdb, new to this workspace")
    assert seen(paths) == ([3], [3], [1, 2, 3])


def test_a_file_published_from_another_workspace_is_left_alone(paths, tmp_path):
    small_refresh(paths)
    other = Paths(tmp_path / "other", tmp_path / "other.duckdb")
    other.folder.mkdir()
    small_refresh(other)
    before = paths.published.read_bytes()
    with refused("was published from another workspace"):
        small_refresh(Paths(other.folder, paths.published))
    assert paths.published.read_bytes() == before


def make_junk(path):
    path.write_text("junk" * 5000)


def make_foreign(path):
    with duckdb.connect(path) as con:
        con.execute("create table theirs as select 1 as x")


@pytest.mark.parametrize(("make", "message"), [
    (make_junk, "recsys.duckdb is not a DuckDB file. recsys leaves it alone"),
    (make_foreign, "recsys.duckdb was not made by recsys"),
])
def test_a_file_that_recsys_did_not_make_is_never_replaced(paths, make, message):
    make(paths.published)
    before = paths.published.read_bytes()
    with refused(message):
        small_refresh(paths)
    with refused(message):
        open_published(paths.published)
    assert paths.published.read_bytes() == before

"""Publishing under fire: real processes that read, hold, kill and run out of room."""

import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import pytest
from test_workspace import SPAWN, history, refused, seen, small_refresh
from tests_support import ran

from recsys import publish as publishing
from recsys.files import check_target, open_published
from recsys.workspace import Paths, open_workspace

try:
    import resource
except ImportError:  # Windows, where what is marked `posix` is skipped
    resource = None

STEPS = ["refuse", "candidate", "close", "validate", "fsync", "replace", "mark"]
NOBODY = 65534


@pytest.fixture
def paths(tmp_path):
    return Paths(tmp_path, tmp_path / "recsys.duckdb")


def in_process(function, *args, seconds=60):
    """Run a function in a process of its own; return its exit code, negative for the signal that ended it."""
    child = SPAWN.Process(target=function, args=args, daemon=True)
    child.start()
    child.join(seconds)
    child.kill()
    child.join()
    return child.exitcode


def only_published(paths):
    """Return whether nothing but the published file lies where it is published."""
    return {file.name for file in paths.published.parent.iterdir()} == {".recsys", "recsys.duckdb"}


# what is in the file

def test_the_published_file_has_marts_record_comments_order_and_macros_and_nothing_else(paths):
    small_refresh(paths)
    with open_published(paths.published) as con:
        def rows(sql):
            return con.execute(sql).fetchall()
        assert rows("select schema_name, table_name, comment from duckdb_tables() order by all") == [
            ("main", "a", "it's \"a\""), ("main", "b", "history"), ("meta", "runs", "refreshes")]
        assert rows("select count(*) from duckdb_views() where not internal") == [(0,)]
        assert rows("select table_name, column_name, comment from duckdb_columns() where comment is not null "
                    "order by all") == [
            ("a", "n", "the n'th"), ("b", "segment", "a segment"), ("runs", "run_id", "number")]
        assert rows("select n from a") == [(n,) for n in range(20)]
        assert rows("select n, twice(n) from from_n(18)") == [(18, 36), (19, 38)]
        assert rows("select run_id, is_published from meta.runs") == [(1, True)]
        assert rows("select current_setting('timezone')") == [("UTC",)]
    assert only_published(paths)


def test_tables_are_sorted_as_asked_and_odd_names_survive(paths):
    odd = """
        create or replace table mart."odd ""name" as select * from (values (null), (2), (1)) as t("or""der");
        comment on column mart."odd ""name"."or""der" is 'odd'"""
    small_refresh(paths, rest=odd, order_by={'odd "name': '"or""der" nulls last', "not_published": "x"})
    with open_published(paths.published) as con:
        assert con.execute('from "odd ""name"').fetchall() == [(1,), (2,), (None,)]
        commented = con.execute("select column_name from duckdb_columns() where comment = 'odd'").fetchall()
        assert commented == [('or"der',)]


def test_the_commit_record_names_no_run_that_was_not_published(paths):
    small_refresh(paths, rest="insert into meta.runs values (0, now()::timestamp, null, '0', '0', false)")
    assert seen(paths)[2] == [1]


def test_the_steps_are_announced_in_the_order_of_the_protocol(paths):
    steps = []
    small_refresh(paths, steps.append)
    assert steps == STEPS


# readers

def plainly(published):
    """Open the file as a BI tool does."""
    return duckdb.connect(str(published), read_only=True)


OPENED = pytest.mark.parametrize("opened", [open_published, plainly], ids=["as recsys", "as a BI tool"])


def read_before_and_after(opened, published, is_open, is_replaced, report):
    def look(con):
        return [con.execute(f"select min(run_id), max(run_id), count(*) from {table}").fetchall()[0]
                for table in ("a", "b", "meta.runs")]
    with opened(published) as con:
        con.execute("select run_id from meta.runs").fetchall()  # of the other tables nothing is in memory yet
        is_open.set()
        is_replaced.wait(60)
        kept = look(con)
    with opened(published) as con:
        report.put((kept, look(con)))


@pytest.mark.posix
@OPENED
def test_a_process_that_reads_keeps_its_snapshot_and_sees_the_new_one_after_reopening(paths, opened):
    small_refresh(paths, rows=500_000)
    is_open, is_replaced, report = SPAWN.Event(), SPAWN.Event(), SPAWN.Queue()
    reader = SPAWN.Process(
        target=read_before_and_after, args=(opened, paths.published, is_open, is_replaced, report), daemon=True)
    reader.start()
    assert is_open.wait(60)
    for _ in range(2):  # the room of the first may be used again by the second
        small_refresh(paths, rows=400_000)
    is_replaced.set()
    kept, reopened = report.get(timeout=60)
    reader.join(30)
    assert kept == [(1, 1, 500_000), (1, 1, 2), (1, 1, 1)]
    assert reopened == [(3, 3, 400_000), (1, 3, 6), (1, 3, 3)]


@pytest.mark.posix
def test_a_connection_of_the_refreshing_process_keeps_its_snapshot_too(paths):
    small_refresh(paths)
    with open_published(paths.published) as con:
        small_refresh(paths)
        assert con.execute("select distinct run_id from a").fetchall() == [(1,)]
        assert con.execute("select max(run_id) from meta.runs").fetchall() == [(1,)]
    assert seen(paths) == ([2], [1, 2], [1, 2])


def read_on(opened, published, stop, report):
    count, runs = 0, set()
    try:
        while not stop.is_set():
            with opened(published) as con:
                found = [con.execute(f"select max(run_id), min(run_id), count(*) from {table}").fetchall()[0]
                         for table in ("a", "b", "meta.runs")]
            run = found[0][0]
            if found != [(run, run, 20), (run, 1, 2 * run), (run, 1, run)]:
                report.put(f"a mixture: {found}")
                return
            if run < max(runs, default=0):
                report.put(f"run {run} after run {max(runs)}")
                return
            count += 1
            runs.add(run)
            time.sleep(0.005)
        report.put((count, len(runs)))
    except Exception as error:
        report.put(repr(error))


@pytest.mark.posix
@pytest.mark.slow
def test_two_readers_during_fifty_publishes_see_no_error_and_no_mixture(paths):
    small_refresh(paths)
    stop, report = SPAWN.Event(), SPAWN.Queue()
    readers = [SPAWN.Process(target=read_on, args=(opened, paths.published, stop, report), daemon=True)
               for opened in (open_published, plainly)]
    for reader in readers:
        reader.start()
    try:
        for _ in range(50):
            small_refresh(paths)
    finally:
        stop.set()
    reports = [report.get(timeout=30) for _ in readers]
    for reader in readers:
        reader.join(30)
    assert all(isinstance(found, tuple) and found[0] > 5 and found[1] > 2 for found in reports), reports
    assert seen(paths)[0] == [51]


# killed

def killed_before(paths, step):
    small_refresh(paths, lambda name: os.kill(os.getpid(), signal.SIGKILL) if name == step else None)


@pytest.mark.posix
@pytest.mark.parametrize("step", STEPS)
def test_killed_before_any_step_the_last_good_file_stands_and_history_is_that_of_published_runs(paths, step):
    small_refresh(paths)
    assert in_process(killed_before, paths, step) == -signal.SIGKILL
    was_replaced = step == "mark"
    before = [1, 2] if was_replaced else [1]
    assert seen(paths) == ([before[-1]], before, before)
    run, note = small_refresh(paths)
    assert run == before[-1] + 1
    assert note.startswith("marked run 2" if was_replaced else "undid run 2")
    after = [*before, run]
    assert seen(paths) == ([run], after, after)
    assert history(paths) == (after, after)
    assert only_published(paths)


def refresh_on(paths, ready):
    ready.set()
    while True:
        small_refresh(paths, rows=50_000)


@pytest.mark.posix
@pytest.mark.slow
def test_killed_at_many_moments_the_file_opens_and_is_never_a_mixture(paths):
    small_refresh(paths)
    for moment in range(10):
        ready = SPAWN.Event()
        child = SPAWN.Process(target=refresh_on, args=(paths, ready), daemon=True)
        child.start()
        assert ready.wait(30)
        time.sleep(0.05 + 0.083 * moment)
        child.kill()
        child.join()
        of_a, of_b, committed = seen(paths)
        assert of_a == committed[-1:]
        assert of_b == committed == list(range(1, committed[-1] + 1))
    run, _ = small_refresh(paths)
    assert seen(paths) == ([run], list(range(1, run + 1)), list(range(1, run + 1)))
    assert only_published(paths)


def never_ending(paths, reached):
    endless = "create or replace view mart.endless as select sum(hash(range)) from range(1000000000000)"
    small_refresh(paths, lambda name: reached.set() if name == "candidate" else None, rest=endless)


@pytest.mark.posix
@pytest.mark.alone
def test_interrupted_it_stops_within_two_seconds_and_leaves_everything_intact(paths):
    small_refresh(paths)
    reached = SPAWN.Event()
    child = SPAWN.Process(target=never_ending, args=(paths, reached), daemon=True)
    child.start()
    try:
        assert reached.wait(30)
        time.sleep(0.3)
        began = time.monotonic()
        os.kill(child.pid, signal.SIGINT)
        child.join(10)
        assert time.monotonic() - began < 2
    finally:
        child.kill()
        child.join()
    assert only_published(paths)
    with open_workspace(paths) as con:
        con.execute("drop view mart.endless")
    assert small_refresh(paths) == (2, "undid run 2, not in recsys.duckdb: 2 history rows")


def test_an_error_before_the_replacement_removes_the_candidate_and_leaves_the_file(paths):
    small_refresh(paths)
    for step in STEPS[:-1]:
        def fail(name, step=step):
            if name == step:
                raise ZeroDivisionError
        with pytest.raises(ZeroDivisionError):
            small_refresh(paths, fail)
        assert seen(paths) == ([1], [1], [1])
        assert only_published(paths)
    with refused("cannot be written: .*recsys.duckdb is as it was"):
        small_refresh(paths, rest="create or replace view mart.broken as select error('no') as x")
    assert only_published(paths)


def test_a_candidate_that_is_not_what_was_written_is_not_published(paths):
    small_refresh(paths)

    def lose_rows(name):
        if name == "validate":
            with duckdb.connect(paths.candidate) as con:
                con.execute("delete from a where n = 3")

    with refused('is not what was written .*a'):
        small_refresh(paths, lose_rows)
    assert seen(paths) == ([1], [1], [1])


# refused

def writer_that_is_killed(published):
    con = duckdb.connect(published)
    con.execute("create table theirs as select 1 as x")
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.posix
def test_a_file_that_another_program_wrote_to_is_refused_with_the_way_out(paths):
    small_refresh(paths)
    before = paths.published.read_bytes()
    assert in_process(writer_that_is_killed, paths.published) == -signal.SIGKILL
    log = paths.published.with_name("recsys.duckdb.wal")
    assert log.exists()
    for attempt in (lambda: small_refresh(paths), lambda: open_published(paths.published),
                    lambda: check_target(paths)):
        with refused("recsys.duckdb.wal is there: another program wrote to recsys.duckdb"):
            attempt()
    assert paths.published.read_bytes() == before
    log.unlink()
    assert small_refresh(paths)[0] == 2


@pytest.mark.posix
def test_a_file_written_to_while_the_candidate_is_made_is_not_replaced(paths):
    small_refresh(paths)

    def write(name):
        if name == "replace":
            assert in_process(writer_that_is_killed, paths.published) == -signal.SIGKILL

    with refused("another program wrote to"):
        small_refresh(paths, write)
    assert not paths.candidate.exists()


def hold_for_writing(published, ready):
    with duckdb.connect(published):
        ready.set()
        time.sleep(60)


def test_a_file_that_a_program_holds_for_writing_is_an_error_that_names_the_program(paths):
    small_refresh(paths)
    ready = SPAWN.Event()
    child = SPAWN.Process(target=hold_for_writing, args=(paths.published, ready), daemon=True)
    child.start()
    try:
        assert ready.wait(30)
        with refused(f"recsys.duckdb is held by process {child.pid} "):
            open_published(paths.published)
    finally:
        child.kill()
        child.join()


def test_nothing_published_yet_says_what_to_run(paths):
    with refused("no published file yet .*run `recsys refresh`"):
        open_published(paths.published)


def test_a_folder_in_the_place_of_the_published_file_is_a_clear_error(paths):
    paths.published.mkdir()
    with refused("recsys.duckdb is a folder"):
        small_refresh(paths)


def test_a_place_that_is_no_folder_is_a_clear_error_before_anything_is_built(tmp_path):
    (tmp_path / "out").write_text("a file")
    with refused("recsys.duckdb is to be published in .*out, which cannot be written"):
        small_refresh(Paths(tmp_path, tmp_path / "out" / "recsys.duckdb"))


# no right to write, no room

def as_plain_user(paths, expected):
    publishing.RETRY_SECONDS = 0.1
    if os.getuid() == 0:
        os.setuid(NOBODY)
    with refused(expected):
        small_refresh(paths)


@pytest.fixture
def shared():
    """A project whose file is published into a folder of its own that a plain user can look into."""
    base = Path(tempfile.mkdtemp(prefix="recsys-test-"))
    base.chmod(0o755)
    found = Paths(base / "project", base / "out" / "recsys.duckdb")
    found.folder.mkdir()
    found.published.parent.mkdir()
    small_refresh(found)
    if os.getuid() == 0:
        for file in (found.folder, *found.folder.rglob("*")):
            os.chown(file, NOBODY, NOBODY)
    yield found
    found.published.parent.chmod(0o755)
    shutil.rmtree(base)


@pytest.mark.posix
def test_a_folder_that_may_not_be_written_is_a_clear_error_and_the_last_file_stands(shared):
    shared.published.parent.chmod(0o555)
    assert in_process(as_plain_user, shared, "out, which cannot be written: Permission denied") == 0
    assert seen(shared) == ([1], [1], [1])


@pytest.mark.posix
@pytest.mark.skipif(getattr(os, "getuid", int)() != 0, reason="needs root, to own a file that a plain user may not replace")
def test_where_the_system_refuses_to_replace_the_new_file_stays_beside_it_dated(shared):
    shared.published.parent.chmod(0o1777)
    assert in_process(as_plain_user, shared, r"cannot be replaced.*recsys-\d{8}-\d{6}\.duckdb") == 0
    assert seen(shared) == ([1], [1], [1])
    (dated,) = shared.published.parent.glob("recsys-*.duckdb")
    assert seen(Paths(shared.folder, dated)) == ([2], [1, 2], [1, 2])
    assert not shared.candidate.exists()


def room_ends_before(paths, step, expected, rows):
    def end_room(name):
        if name == step:
            resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, resource.RLIM_INFINITY))
    if step == "build":
        end_room("build")
    with refused(expected):
        small_refresh(paths, end_room, rows=rows)


@pytest.mark.posix
@pytest.mark.parametrize(("step", "expected", "rows"), [
    ("build", "workspace.duckdb: the disk is full. .*stays as it was", 300_000),
    ("candidate", "cannot be written: the disk is full. .*recsys.duckdb is as it was", 300_000),
    ("close", "cannot be written: the disk is full. .*recsys.duckdb is as it was", 20),
])
def test_a_full_disk_is_a_clear_error_and_the_last_file_stands(paths, step, expected, rows):
    small_refresh(paths)
    assert in_process(room_ends_before, paths, step, expected, rows) == 0
    assert seen(paths) == ([1], [1], [1])
    assert only_published(paths)
    assert small_refresh(paths)[0] == 2
    assert history(paths) == ([1, 2], [1, 2])


@pytest.mark.posix
@pytest.mark.parametrize("step", STEPS)
def test_a_disk_that_is_really_full_before_any_step_is_a_clear_error_and_no_run_is_lost(small_disk, step):
    folder = small_disk(30_000_000)
    full, filler = Paths(folder, folder / "recsys.duckdb"), folder / "filler"
    small_refresh(full)

    def fill(name):
        if name == step:
            with pytest.raises(OSError, match="No space left"), filler.open("wb", buffering=0) as file:
                while True:
                    file.write(b"x" * 4096)

    is_written = STEPS.index(step) >= STEPS.index("validate")  # from then on nothing large is written
    expected = "is published, but .* could not note it" if is_written else "cannot be written: .*recsys.duckdb is as it was"
    with refused(expected):
        small_refresh(full, fill, rows=100_000)
    runs = [1, 2] if is_written else [1]
    assert seen(full) == (runs[-1:], runs, runs)
    filler.unlink()
    assert small_refresh(full)[0] == len(runs) + 1
    assert history(full) == ([*runs, len(runs) + 1], [*runs, len(runs) + 1])


@pytest.mark.posix
def test_who_may_read_the_published_file_stays_as_it_was_set(paths):
    small_refresh(paths)
    paths.published.chmod(0o640)
    small_refresh(paths)
    assert paths.published.stat().st_mode & 0o777 == 0o640


# another version

GO_ON = "from test_publish import *; folder = Path(sys.argv[1]); small_refresh(Paths(folder, folder / 'recsys.duckdb'))"


@pytest.mark.slow
@pytest.mark.parametrize("version", ["1.5", "2.0"])
def test_a_project_goes_on_with_another_version_of_duckdb_and_back(paths, duckdb_of, version):
    small_refresh(paths)
    env = duckdb_of(version)
    env["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parent), env.get("PYTHONPATH", "")])
    ran(sys.executable, "-c", GO_ON, paths.folder, env=env)
    assert seen(paths) == ([2], [1, 2], [1, 2])
    with open_published(paths.published) as con:
        assert con.execute("select string_agg(duckdb_version[2:4], ' ' order by run_id) from meta.runs").fetchall() == [
            (f"{duckdb.__version__[:3]} {version}",)]
    assert small_refresh(paths) == (3, None)
    assert history(paths) == ([1, 2, 3], [1, 2, 3])

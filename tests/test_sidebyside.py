"""Statements side by side: whatever stops them, no connection is left at work and the engine is as it was."""

import threading

import duckdb
import pytest

from recsys.sidebyside import run_side_by_side

ENDLESS = "select sum(hash(range)) from range(1000000000000)"


@pytest.fixture
def con():
    with duckdb.connect() as con:
        con.execute("set threads = 2; create table done (id integer)")
        yield con


def helpers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("ThreadPoolExecutor")]


def is_as_before(con) -> bool:
    return con.sql("select current_setting('threads')").fetchall() == [(2,)] and not helpers()


def test_every_statement_runs_once_and_is_named_when_it_is_done(con):
    places = []
    run_side_by_side(con, [f"insert into done values ({number})" for number in range(20)], places.append)
    assert con.sql("select id from done order by id").fetchall() == [(number,) for number in range(20)]
    assert sorted(places) == list(range(20))
    assert is_as_before(con)


def test_a_statement_that_fails_stops_the_others(con):
    with pytest.raises(duckdb.Error, match="no_such_table"):
        run_side_by_side(con, [ENDLESS, "from no_such_table", *["insert into done values (1)"] * 20])
    assert len(con.sql("from done").fetchall()) < 20
    assert is_as_before(con)


def test_ctrl_c_while_a_thread_is_being_started_waits_for_what_that_thread_runs(con, monkeypatch):
    start = threading.Thread.start

    def interrupted(thread):
        start(thread)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(threading.Thread, "start", interrupted)
        run_side_by_side(con, [ENDLESS] * 8)
    assert con.sql("select 1").fetchall() == [(1,)]
    con.close()
    for thread in helpers():
        thread.join(5)
    assert not helpers()

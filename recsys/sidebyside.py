"""Runs statements that do not depend on each other side by side, each on one thread of the engine.

Two queries with a thread each are faster than one query with two: a tile is too small to be worth sharing out.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from queue import Empty, SimpleQueue
from threading import Event

import duckdb


def run_side_by_side(
    con: duckdb.DuckDBPyConnection, statements: Sequence[str], done: Callable[[int], None] = lambda place: None
) -> None:
    """Run the statements on as many connections as the engine has threads; outside of any transaction.

    Args:
        done: called with the place of each statement in the list when it is done.

    Raises:
        duckdb.Error: the first statement that fails; those that run are interrupted, the others never start.
    """
    if not statements:
        return
    (threads, catalog), = con.sql("select current_setting('threads'), current_database()").fetchall()
    cursors = [con.cursor() for _ in range(min(threads, len(statements)))]
    free: SimpleQueue[duckdb.DuckDBPyConnection] = SimpleQueue()
    is_stopped = Event()
    for cursor in cursors:
        cursor.execute(f'use "{catalog}"')
        free.put(cursor)

    def run(statement: str) -> None:
        cursor = free.get()
        try:
            if not is_stopped.is_set():
                cursor.execute(statement).fetchall()
        finally:
            free.put(cursor)

    con.execute("set threads = 1")
    pool = ThreadPoolExecutor(len(cursors))
    try:
        running: dict[Future, int] = {pool.submit(run, statement): place for place, statement in enumerate(statements)}
        for future in as_completed(running):
            future.result()
            done(running[future])
    except BaseException:
        is_stopped.set()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    finally:
        _close(cursors, free)
        pool.shutdown()
        con.execute(f"set threads = {threads}")


def _close(cursors: list[duckdb.DuckDBPyConnection], free: SimpleQueue[duckdb.DuckDBPyConnection]) -> None:
    """Close every connection as its thread hands it back; those that still run something are interrupted.

    Shutting the pool down does not wait for a thread that was being started when Ctrl-C came, and a connection
    that is at work cannot be closed.
    """
    running = list(cursors)
    while running:
        try:
            cursor = free.get(timeout=0.05)
        except Empty:
            for cursor in running:
                cursor.interrupt()
        else:
            running.remove(cursor)
            cursor.close()

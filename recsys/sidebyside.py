"""Runs statements that do not depend on each other side by side, each on one thread of the engine.

Two queries with a thread each are faster than one query with two: a tile is too small to be worth sharing out.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from queue import SimpleQueue

import duckdb


def run_side_by_side(
    con: duckdb.DuckDBPyConnection, statements: Sequence[str], done: Callable[[int], None] = lambda count: None
) -> None:
    """Run the statements on as many connections as the engine has threads; outside of any transaction.

    Args:
        done: called with the number of statements that are done, after each of them.

    Raises:
        duckdb.Error: the first statement that fails; those that run are interrupted, the others never start.
    """
    if not statements:
        return
    (threads, catalog), = con.sql("select current_setting('threads'), current_database()").fetchall()
    cursors = [con.cursor() for _ in range(min(threads, len(statements)))]
    free: SimpleQueue[duckdb.DuckDBPyConnection] = SimpleQueue()
    for cursor in cursors:
        cursor.execute(f'use "{catalog}"')
        free.put(cursor)

    def run(statement: str) -> None:
        cursor = free.get()
        try:
            cursor.execute(statement).fetchall()
        finally:
            free.put(cursor)

    con.execute("set threads = 1")
    pool = ThreadPoolExecutor(max(1, len(cursors)))
    try:
        running: list[Future] = [pool.submit(run, statement) for statement in statements]
        for count, future in enumerate(as_completed(running), 1):
            future.result()
            done(count)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for cursor in cursors:
            cursor.interrupt()
        raise
    finally:
        pool.shutdown()
        for cursor in cursors:
            cursor.close()
        con.execute(f"set threads = {threads}")

"""Ctrl-C stops a running query at once."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb


@contextmanager
def interruptible(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Stop what the connection runs on Ctrl-C; the block then ends in a KeyboardInterrupt.

    Left to itself DuckDB notices the signal on the calling thread only, waits for its other threads to finish
    what they have begun, which may be the whole query, and raises a RuntimeError.
    """
    if (threading.current_thread() is not threading.main_thread()
            or signal.getsignal(signal.SIGINT) is not signal.default_int_handler):
        yield  # signals are the business of someone else
        return
    is_stopped = False

    def stop(number, frame):
        nonlocal is_stopped
        is_stopped = True
        con.interrupt()
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, stop)
    try:
        yield
    except Exception as error:
        if is_stopped:
            raise KeyboardInterrupt from error
        raise
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)

"""Ctrl-C stops a running query at once."""

import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb


@contextmanager
def interruptible(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Stop what the connection runs on Ctrl-C; the block then ends in a KeyboardInterrupt.

    Python handles a signal between two of its own instructions, and while DuckDB waits for its threads there
    is none: Ctrl-C would count only when the query is done. The system's own handler, though, writes the
    signal's number to a socket right away, and a thread that listens there asks DuckDB to stop.
    """
    if (threading.current_thread() is not threading.main_thread()
            or signal.getsignal(signal.SIGINT) is not signal.default_int_handler):
        yield  # signals are the business of someone else
        return
    handled = threading.Event()

    def handle(number, frame):
        handled.set()
        if not isinstance(sys.exc_info()[1], duckdb.InterruptException):  # else it is on its way up already
            raise KeyboardInterrupt

    ear, mouth = socket.socketpair()
    mouth.setblocking(False)
    listener = threading.Thread(target=_listen, args=(ear, con, handled), daemon=True)
    listener.start()
    signal.signal(signal.SIGINT, handle)
    fd_before = signal.set_wakeup_fd(mouth.fileno(), warn_on_full_buffer=False)
    try:
        yield
    except Exception as error:
        if handled.is_set():  # DuckDB makes other errors of it
            raise KeyboardInterrupt from error
        raise
    finally:
        signal.set_wakeup_fd(fd_before)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        mouth.close()
        listener.join()
        ear.close()


def _listen(ear: socket.socket, con: duckdb.DuckDBPyConnection, handled: threading.Event) -> None:
    while numbers := ear.recv(64):
        while signal.SIGINT in numbers and not handled.wait(0.05):  # Python is waiting inside a query
            con.interrupt()

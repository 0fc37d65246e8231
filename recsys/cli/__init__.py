"""The command line. Data go to stdout, everything else to stderr; exit codes 0, 1 (an error), 2 (wrong usage)."""

import sys
from typing import Annotated

import duckdb
import typer

from recsys import __version__
from recsys.cli import make, judge, look, develop  # each registers its commands, in the order of the help
from recsys.cli.options import app, say
from recsys.errors import RecsysError

STOPPED = "stopped; what is published is as it was"


def _print_version(asked: bool) -> None:
    if asked:
        print(f"recsys {__version__} (DuckDB {duckdb.__version__}, Python {sys.version.split()[0]})")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; whatever the user can mend is one message and exit code 1, never a traceback."""
    try:
        app()
    except SystemExit as done:
        if done.code != 130:  # what the command line library makes of Ctrl-C
            raise
        say(STOPPED)
    except RecsysError as error:
        say(f"error: {error}")
    except (KeyboardInterrupt, duckdb.InterruptException):
        say(STOPPED)
    except BrokenPipeError:
        sys.stderr.close()
    except (duckdb.Error, OSError) as error:
        say(f"error: {str(error).splitlines()[0]}")
    sys.exit(1)

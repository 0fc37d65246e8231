"""Helpers that several test files share and that are no fixtures."""

import subprocess

import pytest

from recsys.cli.options import app


def command_names() -> list[str]:
    """The names of all commands, as the command line knows them."""
    import recsys.cli  # noqa: F401  (registers them)

    return [command.name or command.callback.__name__ for command in app.registered_commands]


def ran(*words: object, seconds: float = 120, **options) -> str:
    """Run a command that must succeed; return what it prints."""
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=seconds, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def installed(*words: object, **options) -> None:
    """Run a command that fetches or mounts something; skip the test with the end of what it says if that fails."""
    try:
        done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=240, **options)
    except (OSError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"not to be had here: {error}")
    if done.returncode:
        pytest.skip(f"not to be had here: {(done.stderr or done.stdout).strip()[-300:]}")
